#include "plugins/postgres/column_types.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace millrace::postgres {
namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

// numeric without digits takes all; numeric(p,s) has p - s of them before the point.
bool takes_digits(const ColumnType& column, int before_the_point, int behind_it) {
  if (column.name != "numeric") return false;
  if (column.modifier < 4) return true;
  const int precision = ((column.modifier - 4) >> 16) & 0xffff;
  const int scale = (((column.modifier - 4) & 0x7ff) ^ 1024) - 1024;  // 11 bits with a sign
  return scale >= behind_it && precision - scale >= before_the_point;
}

bool takes_text(const ColumnType& column) { return column.category == 'S'; }

// Types that are written as text and have no counterpart here: json, uuid, enums, addresses,
// ranges.
bool is_written_as_text(const ColumnType& column) {
  return is_one_of(column.name, {"json", "jsonb", "uuid", "xml"}) ||
         is_one_of({&column.category, 1}, {"E", "I", "R", "G"});
}

Fit fit_time(const ColumnType& column) {
  if (!is_one_of(column.name, {"timestamptz", "timestamp"})) return Fit::no;
  return column.modifier >= 0 && column.modifier < 6 ? Fit::rounded : Fit::all;
}

bool takes(const Type& type, const ColumnType& column) {
  switch (type.id) {
    case TypeId::boolean:
      return column.name == "bool";
    case TypeId::int32:
      return is_one_of(column.name, {"int4", "int8", "float8"}) || takes_digits(column, 10, 0);
    case TypeId::int64:
      return column.name == "int8" || takes_digits(column, 19, 0);
    case TypeId::float32:
      return is_one_of(column.name, {"float4", "float8"}) || takes_digits(column, 1'000, 1'000);
    case TypeId::float64:
      return column.name == "float8" || takes_digits(column, 1'000, 1'000);
    case TypeId::decimal:
      return takes_digits(column, type.precision - type.scale, type.scale);
    case TypeId::string:
      return is_written_as_text(column);
    case TypeId::binary:
      return column.name == "bytea";
    case TypeId::date:
      return is_one_of(column.name, {"date", "timestamp", "timestamptz"});
    case TypeId::duration:
      return column.name == "interval";
    case TypeId::structure:
      return is_one_of(column.name, {"json", "jsonb"});
    case TypeId::null:
      return true;
    case TypeId::timestamp:
    case TypeId::list:
      return false;  // Decided elsewhere.
  }
  return false;
}

Fit fit_list(const Type& type, const ColumnType& column) {
  if (is_one_of(column.name, {"json", "jsonb"})) return Fit::all;
  const auto& item = type.children.at(0).type;
  if (column.category != 'A' || item.is_nested()) return Fit::no;
  return fit(item, {column.text, column.item, column.item_category, column.modifier, "", 'X'});
}

}  // namespace

Fit fit(const Type& type, const ColumnType& column) {
  if (takes_text(column)) return Fit::all;
  if (type.id == TypeId::timestamp) return fit_time(column);
  if (type.id == TypeId::list) return fit_list(type, column);
  return takes(type, column) ? Fit::all : Fit::no;
}

std::string column_type_for(const Type& type) {
  switch (type.id) {
    case TypeId::boolean:
      return "boolean";
    case TypeId::int32:
      return "integer";
    case TypeId::int64:
      return "bigint";
    case TypeId::float32:
      return "real";
    case TypeId::float64:
      return "double precision";
    case TypeId::binary:
      return "bytea";
    case TypeId::date:
      return "date";
    case TypeId::timestamp:
      return "timestamp with time zone";
    case TypeId::duration:
      return "interval";
    case TypeId::decimal:
      return "numeric(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case TypeId::list: {
      const auto& item = type.children.at(0).type;
      return item.is_nested() ? "jsonb" : column_type_for(item) + "[]";
    }
    case TypeId::structure:
      return "jsonb";
    case TypeId::string:
    case TypeId::null:
      return "text";
  }
  return "text";
}

}  // namespace millrace::postgres
