#pragma once
#include <string>
#include <vector>

#include "core/cli/verb.hpp"

namespace millrace::cli {

/// Reads the words after the program's name, runs the verb that they name, and turns what it throws
/// into a message and an exit code.
int run_command_line(const std::vector<std::string>& words, const std::vector<Verb>& verbs,
                     World& world);

}  // namespace millrace::cli
