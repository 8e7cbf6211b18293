#pragma once
#include <string>

#include "millrace/detail/key_encoding.hpp"

#include "plugins/window/aggregates/column_values.hpp"
#include "plugins/window/aggregates/nested_value.hpp"

namespace millrace::window {

/// One value, or null, of any type, kept outside of a column. Its saved form is one byte for its
/// presence and then eight bytes, 16 for a decimal, or a 32-bit length and bytes: of a text the
/// text itself, of a list or structure those of nested_value.hpp.
struct Scalar {
  bool present = false;
  int64_t bits =
      0;  // An integer of any width, the bits of a float or double, a decimal's lower half.
  int64_t upper = 0;  // Of a decimal.
  std::string text;
};

inline Int128 decimal_in(const Scalar& value) {
  return static_cast<Int128>(static_cast<UInt128>(static_cast<uint64_t>(value.upper)) << 64 |
                             static_cast<uint64_t>(value.bits));
}

inline void assign_decimal(Scalar& to, Int128 value) {
  to.bits = static_cast<int64_t>(value);
  to.upper = static_cast<int64_t>(value >> 64);
}

/// Bytes of a saved value that is no text, without its presence.
inline size_t saved_width(const Type& type) {
  return type.is_decimal() ? sizeof(Int128) : sizeof(int64_t);
}

inline bool is_kept_as_bytes(const Type& type) { return type.is_bytes() || type.is_nested(); }

inline void assign(Scalar& to, const Column& column, int64_t row) {
  to.present = !column.is_null(row);
  if (!to.present) return;
  if (column.type.is_bytes())
    to.text.assign(column.text(row));
  else if (column.type.is_nested())
    assign_nested(to.text, column, row);
  else if (column.type.id == TypeId::boolean)
    to.bits = column.boolean(row) ? 1 : 0;
  else if (width_of(column.type.id) == 4)
    to.bits = column.int32(row);
  else if (column.type.is_decimal())
    assign_decimal(to, column.decimal(row));
  else
    to.bits = column.int64(row);
}

inline size_t saved_bytes(const Type& type, const Scalar& value) {
  if (!value.present) return 1;
  return is_kept_as_bytes(type) ? 1 + sizeof(uint32_t) + value.text.size() : 1 + saved_width(type);
}

inline char* save(const Type& type, const Scalar& value, char* to) {
  *to++ = value.present ? 1 : 0;
  if (!value.present) return to;
  if (!is_kept_as_bytes(type)) {
    store_value(to, value.bits);
    if (type.is_decimal()) store_value(to + sizeof value.bits, value.upper);
    return to + saved_width(type);
  }
  const auto size = static_cast<uint32_t>(value.text.size());
  store_value(to, size);
  value.text.copy(to + sizeof size, size);
  return to + sizeof size + size;
}

inline const char* load(const Type& type, const char* from, Scalar& value) {
  value.present = *from++ != 0;
  if (!value.present) return from;
  if (!is_kept_as_bytes(type)) {
    value.bits = load_value<int64_t>(from);
    if (type.is_decimal()) value.upper = load_value<int64_t>(from + sizeof value.bits);
    return from + saved_width(type);
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
  if (type.is_decimal()) return decimal_in(a) < decimal_in(b);
  if (type.is_nested()) return compare_nested(type, a.text, b.text) < 0;
  if (type.is_floating()) return less(real(a), real(b));
  return a.bits < b.bits;
}

inline void append(const Scalar& value, ColumnBuilder& to) {
  if (!value.present)
    to.append_null();
  else if (to.type().is_bytes())
    to.append_bytes(value.text);
  else if (to.type().is_decimal())
    to.append(decimal_in(value));
  else if (to.type().is_nested())
    detail::keys::append_value_at(value.text.data(), to);
  else
    append_integer(value.bits, to);
}

}  // namespace millrace::window
