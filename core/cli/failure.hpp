#pragma once
#include <exception>

namespace millrace::cli {

/// What the process ends with when this ended it.
int exit_code_of(const std::exception& failure);

}  // namespace millrace::cli
