#include "plugins/file/line_reader.hpp"

#include <algorithm>
#include <cstring>

namespace millrace::file {
namespace {

constexpr size_t first_buffer = 1 << 20;
constexpr size_t longest_line = size_t{256} << 20;
constexpr int64_t most_rows = 16 * 1024;
constexpr int64_t most_payload = 4 << 20;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

const Schema& line_schema() {
  static const Schema schema{{{"value", TypeId::binary},
                              {"file", TypeId::string},
                              {"line", TypeId::int64},
                              {"offset", TypeId::int64}}};
  return schema;
}

LineReader::LineReader(const std::string& path, const Range& range, int64_t first_line,
                       const LineOptions& options, std::vector<int> columns)
    : file_(path),
      end_(range.end),
      options_(options),
      columns_(std::move(columns)),
      offset_(range.start),
      line_(first_line) {
  Schema schema;
  for (const int column : columns_)
    schema.fields.push_back(line_schema()[static_cast<size_t>(column)]);
  schema_ = std::make_shared<const Schema>(std::move(schema));
}

Read LineReader::read(int64_t, Batch& rows) {
  std::vector<ColumnBuilder> builders;
  for (const auto& field : schema_->fields) builders.emplace_back(field.type);
  rows_ = 0;
  payload_ = 0;
  do {
    add_lines(builders);
  } while (rows_ < most_rows && payload_ < most_payload && fill());
  if (rows_ == 0) return Read::end;
  std::vector<Column> columns;
  columns.reserve(builders.size());
  for (auto& builder : builders) columns.push_back(builder.finish());
  rows = Batch(schema_, std::move(columns), rows_);
  return Read::rows;
}

bool LineReader::fill() {
  if (offset_ + static_cast<int64_t>(held_) >= end_) return false;
  if (used_ < held_) std::memmove(buffer_.data(), buffer_.data() + used_, held_ - used_);
  offset_ += static_cast<int64_t>(used_);
  held_ -= used_;
  used_ = 0;
  if (held_ == buffer_.size()) {
    if (buffer_.size() >= longest_line)
      throw Error::data(file_.path() + ": the line at byte " + std::to_string(offset_) +
                        " is longer than 256 MiB; is this a file of lines?");
    buffer_.resize(std::max(first_buffer, buffer_.size() * 2));
  }
  const int64_t from = offset_ + static_cast<int64_t>(held_);
  const auto most = std::min(static_cast<int64_t>(buffer_.size() - held_), end_ - from);
  const auto count = file_.read_at(from, buffer_.data() + held_, static_cast<size_t>(most));
  if (static_cast<int64_t>(count) < most)
    throw Error::data(file_.path() + " has become shorter: it ends at byte " +
                      std::to_string(from + static_cast<int64_t>(count)) +
                      " and was to be read up to byte " + std::to_string(end_) +
                      "; files must not change once they are there");
  held_ += count;
  return true;
}

// Adds the lines of the buffer until the batch is full.
void LineReader::add_lines(std::vector<ColumnBuilder>& builders) {
  while (used_ < held_ && rows_ < most_rows && payload_ < most_payload) {
    const char* from = buffer_.data() + used_;
    const auto* newline = static_cast<const char*>(std::memchr(from, '\n', held_ - used_));
    const bool is_last = offset_ + static_cast<int64_t>(held_) == end_;
    if (newline == nullptr && !is_last) return;
    const size_t length = newline != nullptr ? static_cast<size_t>(newline - from) : held_ - used_;
    add({from, length}, builders);
    used_ += length + (newline != nullptr);
    ++line_;
  }
}

void LineReader::add(std::string_view raw, std::vector<ColumnBuilder>& builders) {
  const auto line = without_ending(raw);
  const int64_t at = offset_ + static_cast<int64_t>(used_);
  if ((options_.header && at == 0) || (options_.skip_blank_lines && is_blank(line))) return;
  for (size_t i = 0; i < columns_.size(); ++i) {
    switch (columns_[i]) {
      case value_column:
        builders[i].append_bytes(line);
        break;
      case file_column:
        builders[i].append_bytes(file_.path());
        break;
      case line_column:
        builders[i].append(line_);
        break;
      default:
        builders[i].append(at);
    }
  }
  ++rows_;
  payload_ += static_cast<int64_t>(line.size());
}

std::string_view LineReader::without_ending(std::string_view line) const {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (offset_ + static_cast<int64_t>(used_) == 0 && line.starts_with(byte_order_mark))
    line.remove_prefix(byte_order_mark.size());
  return line;
}

}  // namespace millrace::file
