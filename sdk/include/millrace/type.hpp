#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/arrow_c_data.h"
#include "millrace/error.hpp"

namespace millrace {

/// The kinds of values that travel in columns, with their Arrow layout.
enum class TypeId : uint8_t {
  boolean,    ///< one bit a value, least significant first ("b")
  int32,      ///< SQL int ("i")
  int64,      ///< SQL bigint, Spark long ("l")
  float32,    ///< SQL real, Spark float ("f")
  float64,    ///< SQL double precision, Spark double ("g")
  string,     ///< UTF-8, 32-bit offsets ("u")
  binary,     ///< bytes, 32-bit offsets ("z")
  date,       ///< int32 days since 1970-01-01 ("tdD")
  timestamp,  ///< int64 microseconds since 1970-01-01T00:00Z ("tsu:UTC")
  duration,   ///< int64 microseconds ("tDu"): SQL interval without months
  list,       ///< 32-bit offsets into one child ("+l")
  structure,  ///< children of the same length ("+s")
  null,       ///< no values at all: the type of a bare NULL ("n")
  decimal     ///< a 128-bit number of up to 38 digits ("d:10,2"); see decimal.hpp
};

struct Field;

/// A type: an id, and for lists and structures the fields below it.
struct Type {
  TypeId id = TypeId::null;
  std::vector<Field> children;  ///< list: one field named "item"; structure: its fields
  uint8_t precision = 0;        ///< decimal: how many digits it has at most, 1 to 38
  uint8_t scale = 0;            ///< decimal: how many of them stand behind the point

  Type();
  Type(TypeId type_id);  // NOLINT(google-explicit-constructor): a plain id is a type
  Type(TypeId type_id, std::vector<Field> fields);

  bool operator==(const Type& other) const;

  bool is_numeric() const { return (id >= TypeId::int32 && id <= TypeId::float64) || is_decimal(); }
  bool is_integer() const { return id == TypeId::int32 || id == TypeId::int64; }
  bool is_floating() const { return id == TypeId::float32 || id == TypeId::float64; }
  bool is_decimal() const { return id == TypeId::decimal; }
  /// Strings and binaries: offsets and bytes.
  bool is_bytes() const { return id == TypeId::string || id == TypeId::binary; }
  bool is_nested() const { return id == TypeId::list || id == TypeId::structure; }
};

/// A named, typed column of a schema.
struct Field {
  std::string name;
  Type type;
  /// Addressable by name, but not part of what a component puts out by default (a record's
  /// topic and offset beside its decoded columns, for example).
  bool hidden = false;

  bool operator==(const Field& other) const { return name == other.name && type == other.type; }
};

// Here, since a vector needs to know a Field in full.
inline Type::Type() = default;
inline Type::Type(TypeId type_id) : id(type_id) {}
inline Type::Type(TypeId type_id, std::vector<Field> fields)
    : id(type_id), children(std::move(fields)) {}
inline bool Type::operator==(const Type& other) const {
  return id == other.id && precision == other.precision && scale == other.scale &&
         children == other.children;
}

/// decimal(precision, scale); the caller has checked 0 <= scale <= precision, 1 <= precision <= 38.
inline Type decimal_of(int precision, int scale) {
  Type type(TypeId::decimal);
  type.precision = static_cast<uint8_t>(precision);
  type.scale = static_cast<uint8_t>(scale);
  return type;
}

inline Type list_of(Type item) { return {TypeId::list, {{"item", std::move(item)}}}; }

/// Bytes of one value of a fixed-width type; 0 for booleans (bits) and everything else.
inline size_t width_of(TypeId id) {
  switch (id) {
    case TypeId::int32:
    case TypeId::float32:
    case TypeId::date:
      return 4;
    case TypeId::int64:
    case TypeId::float64:
    case TypeId::timestamp:
    case TypeId::duration:
      return 8;
    case TypeId::decimal:
      return 16;
    default:
      return 0;
  }
}

/// The type as configurations spell it: "long", "decimal(10,2)", "array<string>".
inline std::string to_string(const Type& type) {
  switch (type.id) {
    case TypeId::boolean:
      return "boolean";
    case TypeId::int32:
      return "int";
    case TypeId::int64:
      return "long";
    case TypeId::float32:
      return "float";
    case TypeId::float64:
      return "double";
    case TypeId::string:
      return "string";
    case TypeId::binary:
      return "binary";
    case TypeId::date:
      return "date";
    case TypeId::timestamp:
      return "timestamp";
    case TypeId::duration:
      return "interval";
    case TypeId::null:
      return "null";
    case TypeId::decimal:
      return "decimal(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case TypeId::list:
      return "array<" + to_string(type.children.at(0).type) + ">";
    case TypeId::structure:
      break;
  }
  std::string text = "struct<";
  for (const auto& field : type.children) {
    if (text.back() != '<') text += ", ";
    text += field.name + ": " + to_string(field.type);
  }
  return text + ">";
}

/// The same within a sentence: "an int", "a string".
inline std::string with_article(const Type& type) {
  const auto name = to_string(type);
  return (std::string_view("aeiou").find(name[0]) == std::string_view::npos ? "a " : "an ") + name;
}

/// The columns of a batch, by position and by name.
struct Schema {
  std::vector<Field> fields;

  size_t size() const { return fields.size(); }
  const Field& operator[](size_t i) const { return fields[i]; }
  bool operator==(const Schema&) const = default;

  /// The position of a column, or -1.
  int index_of(std::string_view name) const {
    for (size_t i = 0; i < fields.size(); ++i)
      if (fields[i].name == name) return static_cast<int>(i);
    return -1;
  }
};

}  // namespace millrace
