#pragma once
#include "core/config/read_toml.hpp"
#include "core/config/value.hpp"
#include "core/diagnostics/diagnostic.hpp"

namespace millrace {

/// Replaces `${VAR}`, `${VAR:-default}`, `${VAR:?message}` and `$$` in `text.raw` and writes
/// `text.text` and `text.substitutions`. `:-` and `:?` also apply to an empty variable. A `$`
/// before anything else stands for itself, so that regular expressions need no care.
void substitute(WrittenText& text, const Environment& environment, Diagnostics& diagnostics);

}  // namespace millrace
