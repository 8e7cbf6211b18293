#pragma once
#include <string>

namespace millrace {

/// docs/functions.md: every function of the table by family, with what it takes and gives, and its
/// examples with their results.
std::string function_reference();

}  // namespace millrace
