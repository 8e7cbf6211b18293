#pragma once
#include "core/expression/function.hpp"

namespace millrace {

/// base64, soundex, overlay and others that texts.cpp has no room for.
void add_codes(FunctionList& list);

/// format_number, format_string.
void add_formats(FunctionList& list);

}  // namespace millrace
