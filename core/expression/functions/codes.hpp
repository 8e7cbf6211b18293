#pragma once
#include "core/expression/function.hpp"

namespace millrace {

/// base64, soundex, overlay and others that texts.cpp has no room for.
void add_codes(FunctionList& list);

/// format_number, format_string.
void add_formats(FunctionList& list);

/// mask, luhn_check.
void add_maskings(FunctionList& list);

/// encode, decode, to_binary and their like.
void add_encodings(FunctionList& list);

/// url_encode, url_decode, parse_url and their like.
void add_urls(FunctionList& list);

}  // namespace millrace
