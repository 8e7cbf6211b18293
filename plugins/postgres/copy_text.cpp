#include "plugins/postgres/copy_text.hpp"

#include <charconv>
#include <utility>

#include "millrace/json.hpp"

#include "plugins/postgres/value_text.hpp"

namespace millrace::postgres {
namespace {

// What a message shows of a row.
constexpr size_t words_max = 300;

// Whether a character has to be written otherwise; NUL cannot be written at all.
constexpr bool is_special(char c) {
  return c == '\\' || c == '\t' || c == '\n' || c == '\r' || c == '\0';
}

// False where the text has a NUL character.
bool append_escaped(std::string_view text, std::string& to) {
  size_t done = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!is_special(text[i])) continue;
    if (text[i] == '\0') return false;
    to.append(text.data() + done, i - done);
    done = i + 1;
    to += '\\';
    to += text[i] == '\\' ? '\\' : text[i] == '\t' ? 't' : text[i] == '\n' ? 'n' : 'r';
  }
  to.append(text.data() + done, text.size() - done);
  return true;
}

}  // namespace

CopyText::CopyText(std::vector<Column> columns, bool numbered)
    : columns_(std::move(columns)), numbered_(numbered) {}

void CopyText::restart() {
  text_.clear();
  rows_ = rows_before_ = 0;
}

void CopyText::clear() {
  text_.clear();
  rows_before_ = rows_;
}

void CopyText::add(const Batch& rows) {
  for (int64_t row = 0; row < rows.size(); ++row) {
    for (const auto& column : columns_) {
      if (!append_value(rows.column(column.at), row, column.lists))
        throw Error::data(
            "column \"" + column.name + "\" of row " + std::to_string(rows_) +
            " of the epoch has a NUL character, which no text in PostgreSQL can have; "
            "remove it in a select, or declare the column as binary")
            .at_row(row);
      text_ += '\t';
    }
    if (numbered_) json::append_integer(rows_, text_);
    if (!numbered_) text_.pop_back();
    text_ += '\n';
    ++rows_;
  }
}

// False where the value has a NUL character.
bool CopyText::append_value(const millrace::Column& column, int64_t row, Lists lists) {
  const auto id = column.type.id;
  if (column.is_null(row)) {
    text_ += "\\N";
    return true;
  }
  if (id == TypeId::string) return append_escaped(column.text(row), text_);
  if (!column.type.is_bytes() && !column.type.is_nested()) {
    append_plain(column, row, text_);
    return true;
  }
  scratch_.clear();
  if (id == TypeId::list && lists == Lists::array)
    append_list(column, row);
  else if (column.type.is_nested())
    json::append_value(column, row, scratch_);
  else
    append_plain(column, row, scratch_);
  return append_escaped(scratch_, text_);
}

void CopyText::append_list(const millrace::Column& column, int64_t row) {
  scratch_ += '{';
  for (int32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
    if (i != column.offsets[row]) scratch_ += ',';
    append_item(column.children[0], i);
  }
  scratch_ += '}';
}

void CopyText::append_item(const millrace::Column& items, int64_t at) {
  if (items.is_null(at)) {
    scratch_ += "NULL";
    return;
  }
  std::string item;
  append_plain(items, at, item);
  scratch_ += '"';
  for (const char c : item) {
    if (c == '"' || c == '\\') scratch_ += '\\';
    scratch_ += c;
  }
  scratch_ += '"';
}

std::string CopyText::in_words(int64_t line) const {
  size_t at = 0;
  for (int64_t i = 1; i < line && at != std::string::npos; ++i) {
    at = text_.find('\n', at);
    if (at != std::string::npos) ++at;
  }
  if (at == std::string::npos || at >= text_.size()) return "";
  std::string_view row = std::string_view(text_).substr(at, text_.find('\n', at) - at);
  std::string words;
  for (const auto& column : columns_) {
    const auto end = row.find('\t');
    const auto value = row.substr(0, end);
    words += (words.empty() ? "" : ", ") + column.name + "=";
    words += value == "\\N" ? "NULL" : value;
    row.remove_prefix(end == std::string_view::npos ? row.size() : end + 1);
  }
  if (words.size() <= words_max) return words;
  size_t cut = words_max;
  while (cut > 0 && (static_cast<unsigned char>(words[cut]) & 0xc0) == 0x80) --cut;
  return words.substr(0, cut) + "...";
}

}  // namespace millrace::postgres
