#pragma once
#include "core/config/read_toml.hpp"
#include "core/diagnostics/diagnostic.hpp"

namespace millrace::cli {

/// Colour on a terminal, unless NO_COLOR is set or TERM is dumb; CLICOLOR_FORCE asks for it
/// anywhere.
Color choose_color(bool is_terminal, const Environment& environment);

}  // namespace millrace::cli
