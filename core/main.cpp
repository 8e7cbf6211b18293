#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

#include "core/cli/command_line.hpp"
#include "core/cli/terminal.hpp"
#include "core/cli/verbs.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool is_terminal = isatty(STDERR_FILENO) == 1;
  millrace::cli::World world{
      std::cout, std::cerr, millrace::process_environment,
      millrace::cli::choose_color(is_terminal, millrace::process_environment)};
  return millrace::cli::run_command_line(words, millrace::cli::all_verbs(), world);
}
