#pragma once
#include <string_view>

#include "core/expression/row_value.hpp"

namespace millrace {

/// A way to write text as bytes, by the name that Spark knows it by.
class Charset {
 public:
  using PreparedFromText = void;
  /// Throws RowError for other names.
  Charset(std::string_view name, const Session& session);

  /// Throws RowError for a character that the charset does not have.
  void append_encoded(std::string_view text, Text& out) const;
  /// Throws RowError for bytes that are no text of the charset.
  void append_decoded(std::string_view bytes, Text& out) const;

 private:
  enum class Kind { ascii, latin1, utf8, utf16, utf16_little, utf16_big, utf32 };

  void append_unit(uint32_t code, size_t size, Text& out) const;
  uint32_t unit_at(std::string_view bytes, size_t at, size_t size, bool little) const;
  void append_decoded_utf16(std::string_view bytes, Text& out) const;

  Kind kind_ = Kind::utf8;
};

/// Whether bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes);

}  // namespace millrace
