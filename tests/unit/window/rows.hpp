#pragma once
#include <cmath>
#include <cstdio>
#include <string>
#include <variant>
#include <vector>

#include "millrace/batch.hpp"
#include "millrace/column_builder.hpp"
#include "millrace/decimal.hpp"

// Rows in tests: cells in, one line of text a row out.
namespace millrace::testing {

inline constexpr int64_t second = 1'000'000;

struct Null {};
inline constexpr Null null{};

/// Times are given in seconds since 1970.
struct At {
  double seconds;
};

/// A window as a value, in seconds since 1970.
struct Span {
  double start;
  double end;
};

/// A list of longs.
struct Items {
  std::vector<int64_t> items;
};

struct Cell {
  Cell(Null) {}
  Cell(bool value) : content(value) {}
  Cell(int value) : content(int64_t{value}) {}
  Cell(int64_t value) : content(value) {}
  Cell(double value) : content(value) {}
  Cell(const char* value) : content(std::string(value)) {}
  Cell(std::string value) : content(std::move(value)) {}
  Cell(At value) : content(static_cast<int64_t>(std::llround(value.seconds * second))) {}

  Cell(Span value) : content(value) {}
  Cell(Items value) : content(std::move(value)) {}

  std::variant<std::monostate, bool, int64_t, double, std::string, Span, Items> content;
};
using Cells = std::vector<Cell>;

inline void append(const Cell& cell, ColumnBuilder& to) {
  if (std::holds_alternative<std::monostate>(cell.content)) return to.append_null();
  switch (to.type().id) {
    case TypeId::boolean:
      return to.append_boolean(std::get<bool>(cell.content));
    case TypeId::int32:
    case TypeId::date:
      return to.append(static_cast<int32_t>(std::get<int64_t>(cell.content)));
    case TypeId::float32:
      return to.append(static_cast<float>(std::get<double>(cell.content)));
    case TypeId::float64:
      return to.append(std::get<double>(cell.content));
    case TypeId::string:
    case TypeId::binary:
      return to.append_bytes(std::get<std::string>(cell.content));
    case TypeId::list:
      for (const auto item : std::get<Items>(cell.content).items) to.child().append(item);
      return to.end_nested();
    case TypeId::structure: {
      const auto span = std::get<Span>(cell.content);
      append(At{span.start}, to.child(0));
      append(At{span.end}, to.child(1));
      return to.end_nested();
    }
    case TypeId::decimal:
      return to.append(*read_decimal(std::get<std::string>(cell.content), to.type()));
    default:
      return to.append(std::get<int64_t>(cell.content));
  }
}

inline Batch rows_of(const std::shared_ptr<const Schema>& schema, const std::vector<Cells>& rows) {
  std::vector<Column> columns;
  for (size_t i = 0; i < schema->size(); ++i) {
    ColumnBuilder builder((*schema)[i].type);
    for (const auto& row : rows) append(row.at(i), builder);
    columns.push_back(builder.finish());
  }
  return {schema, std::move(columns), static_cast<int64_t>(rows.size())};
}

inline std::string text_of(const Column& column, int64_t row);

inline std::string number_text(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

inline std::string list_text(const Column& column, int64_t row) {
  std::string text = "[";
  for (int32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
    if (text.size() > 1) text += " ";
    text += text_of(column.children[0], i);
  }
  return text + "]";
}

inline std::string text_of(const Column& column, int64_t row) {
  if (column.is_null(row)) return "null";
  switch (column.type.id) {
    case TypeId::boolean:
      return column.boolean(row) ? "true" : "false";
    case TypeId::int32:
    case TypeId::date:
      return std::to_string(column.int32(row));
    case TypeId::float32:
      return number_text(static_cast<double>(column.float32(row)));
    case TypeId::float64:
      return number_text(column.float64(row));
    case TypeId::decimal:
      return decimal_text(column.decimal(row), column.type.scale);
    case TypeId::string:
    case TypeId::binary:
      return std::string(column.text(row));
    case TypeId::timestamp: {
      const int64_t time = column.int64(row);
      if (time % second == 0) return std::to_string(time / second) + "s";
      return std::to_string(time) + "us";
    }
    case TypeId::list:
      return list_text(column, row);
    case TypeId::structure: {
      std::string text = "{";
      for (const auto& child : column.children)
        text += (text.size() > 1 ? " " : "") + text_of(child, row);
      return text + "}";
    }
    default:
      return std::to_string(column.int64(row));
  }
}

/// "0s 10s a 3"
inline std::vector<std::string> texts_of(const Batch& batch) {
  std::vector<std::string> texts;
  for (int64_t row = 0; row < batch.size(); ++row) {
    std::string text;
    for (size_t i = 0; i < batch.column_count(); ++i)
      text += (i == 0 ? "" : " ") + text_of(batch.column(i), row);
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace millrace::testing
