#pragma once
#include <cstddef>

#include "core/diagnostics/source_file.hpp"
#include "core/diagnostics/span.hpp"

namespace millrace {

/// Finds bytes [begin, end) of the *value* of a TOML string in the file, given the place of its
/// literal (quotes included). Escapes, literal strings and multi-line strings are followed; the
/// whole literal is returned where the value and the file do not agree.
Span place_in_string(const SourceFile& file, const Span& literal, std::size_t begin,
                     std::size_t end);

}  // namespace millrace
