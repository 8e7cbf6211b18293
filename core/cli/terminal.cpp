#include "core/cli/terminal.hpp"

namespace millrace::cli {

Color choose_color(bool is_terminal, const Environment& environment) {
  const auto says = [&](const char* name) { return !environment(name).value_or("").empty(); };
  if (says("NO_COLOR")) return Color::off;
  if (says("CLICOLOR_FORCE") && environment("CLICOLOR_FORCE") != "0") return Color::on;
  return is_terminal && environment("TERM") != "dumb" ? Color::on : Color::off;
}

}  // namespace millrace::cli
