#include "plugins/csv/record_splitter.hpp"

#include <algorithm>

namespace millrace::csv {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

bool RecordSplitter::split(std::string_view record) {
  fields_.clear();
  unescaped_.clear();
  unescaped_.reserve(record.size());  // Views into it must stay where they are.
  for (size_t at = 0;; ++at) {
    size_t first = at;
    while (first < record.size() && is_blank(record[first]) && record[first] != dialect_.delimiter)
      ++first;
    const bool quoted =
        dialect_.quote != 0 && first < record.size() && record[first] == dialect_.quote;
    // Blanks before a quote are part of a plain field, unless they are to be trimmed.
    if (quoted && (first == at || dialect_.trim_leading)) {
      at = first;
      if (!split_quoted(record, at)) return false;
    } else {
      if (dialect_.trim_leading) at = first;
      split_plain(record, at);
    }
    if (at >= record.size()) return true;
  }
}

void RecordSplitter::split_plain(std::string_view record, size_t& at) {
  const size_t end = std::min(record.find(dialect_.delimiter, at), record.size());
  auto text = record.substr(at, end - at);
  if (dialect_.trim_trailing)
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  fields_.push_back({text, false});
  at = end;
}

// From the opening quote to the delimiter or the end.
bool RecordSplitter::split_quoted(std::string_view record, size_t& at) {
  const size_t opening = at++;
  const size_t first = at;
  const size_t meaning = unescaped_.size();
  bool has_escapes = false;
  for (;; ++at) {
    if (at >= record.size()) {
      fault_ = "the quote at byte " + std::to_string(opening) + " is not closed";
      return false;
    }
    const char c = record[at];
    const char next = at + 1 < record.size() ? record[at + 1] : '\0';
    const bool escapes = dialect_.escape != 0 && c == dialect_.escape && at + 1 < record.size() &&
                         (next == dialect_.quote || next == dialect_.escape);
    if (escapes) {
      if (!has_escapes) unescaped_.append(record, first, at - first);
      has_escapes = true;
      unescaped_ += next;
      ++at;
    } else if (c == dialect_.quote) {
      break;
    } else if (has_escapes) {
      unescaped_ += c;
    }
  }
  fields_.push_back({has_escapes ? std::string_view(unescaped_).substr(meaning)
                                 : record.substr(first, at - first),
                     true});
  ++at;
  while (at < record.size() && is_blank(record[at]) && record[at] != dialect_.delimiter) ++at;
  if (at >= record.size() || record[at] == dialect_.delimiter) return true;
  fault_ = "there is text behind the closing quote at byte " + std::to_string(at);
  return false;
}

}  // namespace millrace::csv
