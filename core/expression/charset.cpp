#include "core/expression/charset.hpp"

#include <string>
#include <utility>
#include <vector>

#include "core/expression/unicode.hpp"
#include "core/expression/value_text.hpp"

namespace millrace {

namespace {

constexpr uint32_t code_max = 0x10FFFF;
constexpr uint32_t surrogates = 0xD800;
constexpr uint32_t low_surrogates = 0xDC00;
constexpr uint32_t surrogates_end = 0xE000;
constexpr uint32_t plane = 0x10000;

[[noreturn]] void fail_decoding() { throw RowError{"the bytes are no text of this charset"}; }

}  // namespace

bool is_utf8(std::string_view bytes) {
  constexpr uint32_t least[] = {0, 0, 0x80, 0x800, plane};
  for (size_t at = 0; at < bytes.size();) {
    const auto first = static_cast<uint8_t>(bytes[at]);
    const size_t size = character_size(bytes.substr(at));
    if (size == 1 ? first >= 0x80 : first >= 0xF8) return false;
    const uint32_t code = first_code_point(bytes.substr(at));
    if (code < least[size] || code > code_max || (code >= surrogates && code < surrogates_end))
      return false;
    at += size;
  }
  return true;
}

Charset::Charset(std::string_view name, const Session& /*session*/) {
  static const std::vector<std::pair<std::string, Kind>> names{
      {"us-ascii", Kind::ascii}, {"iso-8859-1", Kind::latin1},     {"utf-8", Kind::utf8},
      {"utf-16", Kind::utf16},   {"utf-16le", Kind::utf16_little}, {"utf-16be", Kind::utf16_big},
      {"utf-32", Kind::utf32}};
  const auto lower = lower_case(name);
  for (const auto& [known, kind] : names) {
    if (known != lower) continue;
    kind_ = kind;
    return;
  }
  throw RowError{"there is no charset " + value_text(name) +
                 "; there are US-ASCII, ISO-8859-1, UTF-8, UTF-16, UTF-16LE, UTF-16BE and UTF-32"};
}

void Charset::append_unit(uint32_t code, size_t size, Text& out) const {
  for (size_t i = 0; i < size; ++i) {
    const size_t byte = kind_ == Kind::utf16_little ? i : size - 1 - i;
    out.append(static_cast<char>(code >> (8 * byte) & 0xFF));
  }
}

void Charset::append_encoded(std::string_view text, Text& out) const {
  if (kind_ == Kind::utf8) return out.append(text);
  if (kind_ == Kind::utf16 && !text.empty()) append_unit(0xFEFF, 2, out);
  for (; !text.empty(); text.remove_prefix(character_size(text))) {
    const uint32_t code = first_code_point(text);
    if (kind_ == Kind::ascii || kind_ == Kind::latin1) {
      if (code > (kind_ == Kind::ascii ? 0x7FU : 0xFFU))
        throw RowError{"the charset has no character " +
                       value_text(text.substr(0, character_size(text)))};
      out.append(static_cast<char>(code));
    } else if (kind_ == Kind::utf32) {
      append_unit(code, 4, out);
    } else if (code < plane) {
      append_unit(code, 2, out);
    } else {
      append_unit(surrogates + ((code - plane) >> 10), 2, out);
      append_unit(low_surrogates + ((code - plane) & 0x3FF), 2, out);
    }
  }
}

uint32_t Charset::unit_at(std::string_view bytes, size_t at, size_t size, bool little) const {
  if (at + size > bytes.size()) fail_decoding();
  uint32_t unit = 0;
  for (size_t i = 0; i < size; ++i)
    unit = unit << 8 | static_cast<uint8_t>(bytes[at + (little ? size - 1 - i : i)]);
  return unit;
}

void Charset::append_decoded_utf16(std::string_view bytes, Text& out) const {
  bool little = kind_ == Kind::utf16_little;
  size_t at = 0;
  if (kind_ == Kind::utf16 && bytes.size() >= 2) {
    const uint32_t mark = unit_at(bytes, 0, 2, false);
    little = mark == 0xFFFE;
    if (mark == 0xFEFF || little) at = 2;
  }
  while (at < bytes.size()) {
    uint32_t code = unit_at(bytes, at, 2, little);
    at += 2;
    if (code >= surrogates && code < surrogates_end) {
      const uint32_t low = code < low_surrogates ? unit_at(bytes, at, 2, little) : 0;
      if (low < low_surrogates || low >= surrogates_end) fail_decoding();
      at += 2;
      code = plane + ((code - surrogates) << 10) + (low - low_surrogates);
    }
    append_code_point(code, out);
  }
}

void Charset::append_decoded(std::string_view bytes, Text& out) const {
  switch (kind_) {
    case Kind::utf8:
      if (!is_utf8(bytes)) fail_decoding();
      return out.append(bytes);
    case Kind::ascii:
    case Kind::latin1:
      for (const char c : bytes) {
        const auto code = static_cast<uint8_t>(c);
        if (kind_ == Kind::ascii && code > 0x7F) fail_decoding();
        append_code_point(code, out);
      }
      return;
    case Kind::utf32:
      for (size_t at = 0; at < bytes.size(); at += 4) {
        const uint32_t code = unit_at(bytes, at, 4, false);
        if (code > code_max || (code >= surrogates && code < surrogates_end)) fail_decoding();
        append_code_point(code, out);
      }
      return;
    default:
      append_decoded_utf16(bytes, out);
  }
}

}  // namespace millrace
