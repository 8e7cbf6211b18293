#pragma once
#include <vector>

#include "core/cli/verb.hpp"

namespace millrace::cli {

/// Every verb, in the order in which `--help` shows them.
std::vector<Verb> all_verbs();

}  // namespace millrace::cli
