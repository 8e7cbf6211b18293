#include "core/config/value.hpp"

#include <algorithm>
#include <utility>

#include "core/diagnostics/string_place.hpp"

namespace millrace {
namespace {

/// Maps an offset of the replaced text to the text as written. Inside a replaced part the whole of
/// it is meant: its beginning for the first byte of a place, its end for the last.
std::size_t raw_offset(const WrittenText& text, std::size_t offset, bool is_end) {
  std::size_t shift_from = 0;
  std::size_t shift_to = 0;
  for (const Substitution& one : text.substitutions) {
    if (offset < one.begin || (offset == one.begin && is_end)) break;
    if (offset < one.end) return is_end ? one.raw_end : one.raw_begin;
    shift_from = one.end;
    shift_to = one.raw_end;
  }
  return offset - shift_from + shift_to;
}

}  // namespace

Span WrittenText::place(const SourceFile& file, std::size_t begin, std::size_t end) const {
  const bool empty = end <= begin;
  const std::size_t raw_begin = raw_offset(*this, begin, false);
  const std::size_t raw_end = empty ? raw_begin : raw_offset(*this, end, true);
  return place_in_string(file, span, raw_begin, raw_end);
}

const Entry* Table::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

std::vector<std::string> Table::keys() const {
  std::vector<std::string> result;
  for (const Entry& entry : entries) result.push_back(entry.key);
  return result;
}

Value::Value(Content content, Span span) : content_(std::move(content)), span_(span) {}

std::string_view Value::kind_name() const {
  constexpr std::string_view names[] = {"a boolean",        "an integer", "a number", "a string",
                                        "a date or a time", "a list",     "a table"};
  return names[content_.index()];
}

}  // namespace millrace
