#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

#include "core/cli/command_line.hpp"
#include "core/cli/terminal.hpp"
#include "core/cli/verbs.hpp"

int main(int argc, char** argv) {
  using namespace millrace;
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool is_terminal = isatty(STDERR_FILENO) == 1;
  cli::World world{std::cout, std::cerr, process_environment,
                   cli::choose_color(is_terminal, process_environment)};
  return cli::run_command_line(words, cli::all_verbs(), world);
}
