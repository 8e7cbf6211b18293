#include "plugins/console/table.hpp"

#include <algorithm>

#include "millrace/json.hpp"

#include "plugins/console/cell_text.hpp"

namespace millrace::console {
namespace {

using Cells = std::vector<std::string>;

std::vector<size_t> visible_columns(const Schema& schema) {
  std::vector<size_t> columns;
  for (size_t i = 0; i < schema.size(); ++i)
    if (!schema[i].hidden) columns.push_back(i);
  return columns;
}

int64_t shown_rows(const Batch& batch, const TableLimits& limits) {
  return std::min(batch.size(), limits.rows);
}

std::string cut(const std::string& text, const TableLimits& limits) {
  return limits.width == 0 ? text : cut_to_width(text, limits.width);
}

// The header, then the rows.
std::vector<Cells> cells_of(const Batch& batch, const TableLimits& limits) {
  const auto columns = visible_columns(batch.schema());
  std::vector<Cells> lines(1);
  for (const auto column : columns) lines[0].push_back(cut(batch.schema()[column].name, limits));
  for (int64_t row = 0; row < shown_rows(batch, limits); ++row) {
    Cells cells;
    for (const auto column : columns) {
      std::string text;
      append_cell(batch.column(column), row, text);
      cells.push_back(cut(text, limits));
    }
    lines.push_back(std::move(cells));
  }
  return lines;
}

void append_line(const Cells& cells, const std::vector<size_t>& widths, bool to_the_right,
                 std::string& to) {
  to += '|';
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string space(widths[i] - display_width(cells[i]), ' ');
    to += to_the_right ? space + cells[i] : cells[i] + space;
    to += '|';
  }
  to += '\n';
}

void append_remainder(const Batch& batch, const TableLimits& limits, std::string& to) {
  if (batch.size() <= limits.rows) return;
  to +=
      "only showing top " + std::to_string(limits.rows) + (limits.rows == 1 ? " row\n" : " rows\n");
}

std::string padded(const std::string& text, size_t width) {
  const auto have = display_width(text);
  return have < width ? text + std::string(width - have, ' ') : text;
}

}  // namespace

std::string table_of(const Batch& batch, const TableLimits& limits) {
  constexpr size_t narrowest = 3;
  const auto lines = cells_of(batch, limits);
  std::vector<size_t> widths(lines[0].size(), narrowest);
  for (const auto& cells : lines)
    for (size_t i = 0; i < cells.size(); ++i)
      widths[i] = std::max(widths[i], display_width(cells[i]));
  std::string border = "+";
  for (const auto width : widths) border += std::string(width, '-') + "+";
  border += '\n';

  std::string text = border;
  for (size_t i = 0; i < lines.size(); ++i) {
    append_line(lines[i], widths, limits.width > 0, text);
    if (i == 0) text += border;
  }
  text += border;
  append_remainder(batch, limits, text);
  return text;
}

std::string vertical_of(const Batch& batch, const TableLimits& limits) {
  const auto lines = cells_of(batch, limits);
  size_t name_width = 3;
  size_t value_width = 3;
  for (size_t i = 0; i < lines.size(); ++i)
    for (const auto& cell : lines[i]) {
      auto& width = i == 0 ? name_width : value_width;
      width = std::max(width, display_width(cell));
    }
  std::string text;
  for (size_t row = 1; row < lines.size(); ++row) {
    std::string head = "-RECORD " + std::to_string(row - 1);
    if (head.size() < name_width + value_width + 5)
      head.append(name_width + value_width + 5 - head.size(), '-');
    text += head + "\n";
    for (size_t i = 0; i < lines[row].size(); ++i)
      text += " " + padded(lines[0][i], name_width) + " | " + padded(lines[row][i], value_width) +
              " \n";
  }
  if (batch.empty()) text += "(0 rows)\n";
  append_remainder(batch, limits, text);
  return text;
}

std::string json_lines_of(const Batch& batch, const TableLimits& limits) {
  std::string text;
  for (int64_t row = 0; row < shown_rows(batch, limits); ++row) {
    json::append_row(batch, row, text);
    text += '\n';
  }
  return text;
}

}  // namespace millrace::console
