#pragma once
#include <string>

#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {

/// One value, or null, of any type but lists and structures, kept outside of a column. Its saved
/// form is one byte for its presence and then eight bytes, or a 32-bit length and the text.
struct Scalar {
  bool present = false;
  int64_t bits = 0;  // An integer of any width, or the bits of a float or double.
  std::string text;
};

inline Type check_flat(const Type& type, std::string_view function) {
  if (type.is_nested())
    throw Error::user(std::string(function) + " does not work on " + to_string(type) +
                      "; take one of its parts");
  return type;
}

inline void assign(Scalar& to, const Column& column, int64_t row) {
  to.present = !column.is_null(row);
  if (!to.present) return;
  if (column.type.is_bytes())
    to.text.assign(column.text(row));
  else if (column.type.id == TypeId::boolean)
    to.bits = column.boolean(row) ? 1 : 0;
  else if (width_of(column.type.id) == 4)
    to.bits = column.int32(row);
  else
    to.bits = column.int64(row);
}

inline size_t saved_bytes(const Type& type, const Scalar& value) {
  if (!value.present) return 1;
  return type.is_bytes() ? 1 + sizeof(uint32_t) + value.text.size() : 1 + sizeof(int64_t);
}

inline char* save(const Type& type, const Scalar& value, char* to) {
  *to++ = value.present ? 1 : 0;
  if (!value.present) return to;
  if (!type.is_bytes()) {
    store_value(to, value.bits);
    return to + sizeof value.bits;
  }
  const auto size = static_cast<uint32_t>(value.text.size());
  store_value(to, size);
  value.text.copy(to + sizeof size, size);
  return to + sizeof size + size;
}

inline const char* load(const Type& type, const char* from, Scalar& value) {
  value.present = *from++ != 0;
  if (!value.present) return from;
  if (!type.is_bytes()) {
    value.bits = load_value<int64_t>(from);
    return from + sizeof value.bits;
  }
  const auto size = load_value<uint32_t>(from);
  value.text.assign(from + sizeof size, size);
  return from + sizeof size + size;
}

/// Whether a sorts before b; both are present.
inline bool less(const Type& type, const Scalar& a, const Scalar& b) {
  const auto real = [&](const Scalar& value) {
    if (type.id == TypeId::float64)
      return load_value<double>(reinterpret_cast<const char*>(&value.bits));
    const auto bits = static_cast<int32_t>(value.bits);
    return static_cast<double>(load_value<float>(reinterpret_cast<const char*>(&bits)));
  };
  if (type.is_bytes()) return a.text < b.text;
  if (type.is_floating()) return less(real(a), real(b));
  return a.bits < b.bits;
}

inline void append(const Scalar& value, ColumnBuilder& to) {
  if (!value.present)
    to.append_null();
  else if (to.type().is_bytes())
    to.append_bytes(value.text);
  else
    append_integer(value.bits, to);
}

}  // namespace millrace::window
