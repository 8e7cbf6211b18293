#include "plugins/json/relaxed_text.hpp"

#include <cctype>
#include <string>
#include <string_view>

#include "millrace/column_builder.hpp"

namespace millrace::json {
namespace {

bool may_differ(std::string_view text) {
  return text.find('\'') != std::string_view::npos || text.find("NaN") != std::string_view::npos ||
         text.find("INF") != std::string_view::npos ||
         text.find("Infinity") != std::string_view::npos;
}

bool is_word(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '+';
}

// Copies the string that begins at `at`, in double quotes; returns where it ends.
size_t copy_string(std::string_view text, size_t at, std::string& to) {
  const char quote = text[at++];
  to += '"';
  for (; at < text.size() && text[at] != quote; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      ++at;
      if (text[at] != '\'') to += '\\';
    } else if (text[at] == '"') {
      to += '\\';
    }
    to += text[at];
  }
  if (at < text.size()) to += '"';
  return at + 1;
}

size_t copy_word(std::string_view text, size_t at, std::string& to) {
  const size_t begin = at;
  while (at < text.size() && is_word(text[at])) ++at;
  const auto word = text.substr(begin, at - begin);
  const auto name = word.substr(word[0] == '-' || word[0] == '+' ? 1 : 0);
  const bool named = word == "NaN" || name == "Infinity" || name == "INF";
  if (named) to += '"';
  to += word;
  if (named) to += '"';
  return at;
}

void copy_plain(std::string_view text, std::string& to) {
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '"' || text[at] == '\'')
      at = copy_string(text, at, to);
    else if (is_word(text[at]))
      at = copy_word(text, at, to);
    else
      to += text[at++];
  }
}

}  // namespace

Column as_plain_json(const Column& texts) {
  const auto* offsets = texts.offsets;
  const auto first = static_cast<size_t>(offsets[0]);
  const auto last = static_cast<size_t>(offsets[texts.length]);
  if (!may_differ({texts.bytes + first, last - first})) return texts;
  ColumnBuilder builder(texts.type);
  builder.reserve(static_cast<size_t>(texts.length));
  std::string plain;
  for (int64_t row = 0; row < texts.length; ++row) {
    if (texts.is_null(row)) {
      builder.append_null();
      continue;
    }
    plain.clear();
    copy_plain(texts.text(row), plain);
    builder.append_bytes(plain);
  }
  return builder.finish();
}

}  // namespace millrace::json
