#include "core/expression/charset.hpp"
#include "core/expression/functions/codes.hpp"
#include "core/expression/text_codes.hpp"
#include "core/expression/text_parts.hpp"
#include "core/expression/unicode.hpp"
#include "core/expression/value_text.hpp"

// Texts as bytes and back.
namespace millrace {

namespace {

/// Whole base64: groups of four, padded, blanks apart.
bool is_base64(std::string_view text) {
  size_t digits = 0;
  size_t pads = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    const bool digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '+' || c == '/';
    if (c == '=')
      ++pads;
    else if (digit && pads == 0)
      ++digits;
    else
      return false;
  }
  return pads <= 2 && digits % 4 != 1 && (pads == 0 || (digits + pads) % 4 == 0);
}

/// How to_binary reads a text.
struct BinaryFormat {
  using PreparedFromText = void;
  BinaryFormat(std::string_view name, const Session& /*session*/) : lower(lower_case(name)) {
    if (lower != "hex" && lower != "utf-8" && lower != "utf8" && lower != "base64")
      throw RowError{"there is no format " + value_text(name) +
                     "; there are 'hex', 'utf-8' and 'base64'"};
  }
  /// False for a text that is not of the format.
  bool append(std::string_view text, Text& out) const {
    if (lower == "hex") return strings::append_unhex(out, text);
    if (lower == "base64") {
      if (!is_base64(text)) return false;
      strings::append_unbase64(out, text);
    } else {
      out.append(text);
    }
    return true;
  }
  std::string lower;
};

Function binary_function(const std::string& name, bool tried) {
  const auto read = [tried](BinaryText& out, std::string_view text, const BinaryFormat& format) {
    if (format.append(text, out)) return true;
    if (!tried)
      throw RowError{value_text(text) + " is not " + format.lower +
                     "; try_to_binary gives null instead"};
    return false;
  };
  return {
      .names = {name},
      .family = Family::text,
      .usage = name + "(text, format)",
      .help = tried ? "The same, null for a text that is not of the format."
                    : "The bytes that a text stands for, in the format 'hex' (if none is "
                      "said), 'base64' or 'utf-8'.",
      .examples = {{name + "('616263')", "X'616263'"}, {name + "('abc', 'utf-8')", "X'616263'"}},
      .overloads = {
          row([read](const Session& session, BinaryText& out, std::string_view text) -> bool {
            return read(out, text, BinaryFormat("hex", session));
          }),
          row([read](BinaryText& out, std::string_view text, const BinaryFormat& format) -> bool {
            return read(out, text, format);
          })}};
}

}  // namespace

void add_encodings(FunctionList& list) {
  list.push_back(
      {.names = {"encode"},
       .family = Family::text,
       .usage = "encode(text, charset)",
       .help = "The text as bytes in US-ASCII, ISO-8859-1, UTF-8, UTF-16, UTF-16LE, UTF-16BE or "
               "UTF-32.",
       .examples = {{"encode('aß', 'ISO-8859-1')", "X'61DF'"},
                    {"encode('a', 'UTF-16')", "X'FEFF0061'"}},
       .overloads = {row([](BinaryText& out, std::string_view text, const Charset& charset) {
         charset.append_encoded(text, out);
       })}});
  list.push_back({.names = {"decode"},
                  .family = Family::text,
                  .usage = "decode(bytes, charset)",
                  .help = "The text that bytes stand for in a charset.",
                  .examples = {{"decode(unhex('61DF'), 'ISO-8859-1')", "'aß'"}},
                  .overloads = {row([](Text& out, Bytes bytes, const Charset& charset) {
                                  charset.append_decoded(bytes.view, out);
                                }),
                                row([](Text& out, std::string_view text, const Charset& charset) {
                                  charset.append_decoded(text, out);
                                })}});
  list.push_back(binary_function("to_binary", false));
  list.push_back(binary_function("try_to_binary", true));
  list.push_back(
      {.names = {"is_valid_utf8"},
       .family = Family::text,
       .usage = "is_valid_utf8(text)",
       .help = "Whether the bytes of a string are UTF-8.",
       .examples = {{"is_valid_utf8('aß')", "true"}},
       .overloads = {row([](std::string_view text) noexcept -> bool { return is_utf8(text); })}});
}

}  // namespace millrace
