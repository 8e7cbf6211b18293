#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "millrace/buffer.hpp"
#include "millrace/column.hpp"
#include "millrace/column_builder.hpp"
#include "millrace/key_hash.hpp"
#include "millrace/structure.hpp"

// The loops behind KeyCodec: values to key bytes, column by column, and back.
namespace millrace {

/// A key that points into a batch: copied only when its group is new.
struct KeyView {
  const char* data;
  uint32_t size;
  uint32_t present;
};

/// The keys of the rows of one batch, made in loops over columns.
struct EncodedKeys {
  Buffer<KeyView> views;
  Buffer<uint64_t> hashes;
  Buffer<char> bytes;  // What no column holds in this form.
  Buffer<uint32_t> offsets;
  Buffer<char*> cursors;
  std::vector<Column> leaves;  // What structures are taken apart into.
};

/// Whether 0.0 and -0.0 are one key, as where rows are grouped, or two.
enum class SignedZeros { equal, distinct };

}  // namespace millrace

namespace millrace::detail::keys {

template <class Value>
Value normalised(Value value, SignedZeros zeros) {
  if constexpr (std::is_floating_point_v<Value>) {
    if (std::isnan(value)) return std::numeric_limits<Value>::quiet_NaN();
    return value == 0 && zeros == SignedZeros::equal ? Value{0} : value;
  } else {
    return value;
  }
}

inline size_t payload_width(const Type& type) {
  return type.id == TypeId::boolean ? 1 : width_of(type.id);
}

// ---- structures

/// How many leaves a value of the type has: a structure is one itself, for its presence. A list is
/// one leaf whatever its items are.
inline size_t leaves_of(const Type& type) {
  size_t leaves = 1;
  if (type.id == TypeId::structure)
    for (const auto& field : type.children) leaves += leaves_of(field.type);
  return leaves;
}

inline void add_leaves(const Column& column, std::vector<Column>& leaves) {
  leaves.push_back(column);
  for (size_t i = 0; column.type.id == TypeId::structure && i < column.children.size(); ++i)
    add_leaves(field_of(column, i), leaves);
}

// ---- one column

inline void set_null(EncodedKeys& out, size_t row) {
  out.views[row] = {"", 0, 0};
  out.hashes[row] = hash_of_null;
}

// Values that are their own key bytes stay where they are; `Bits` is what is hashed.
template <class Bits>
void encode_in_place(const Column& column, size_t rows, EncodedKeys& out) {
  const auto* values = column.data<Bits>();
  const bool nulls = column.may_have_nulls();
  for (size_t i = 0; i < rows; ++i) {
    if (nulls && column.is_null(static_cast<int64_t>(i))) {
      set_null(out, i);
      continue;
    }
    out.views[i] = {reinterpret_cast<const char*>(values + i), sizeof(Bits), 1};
    out.hashes[i] = hash_integer(values[i]);
  }
}

template <class Bits, class Read>
void encode_copied(const Column& column, size_t rows, EncodedKeys& out, Read&& read) {
  out.bytes.resize(rows * sizeof(Bits));
  for (size_t i = 0; i < rows; ++i) {
    if (column.is_null(static_cast<int64_t>(i))) {
      set_null(out, i);
      continue;
    }
    const Bits bits = read(static_cast<int64_t>(i));
    std::memcpy(out.bytes.data() + i * sizeof bits, &bits, sizeof bits);
    out.views[i] = {out.bytes.data() + i * sizeof bits, sizeof bits, 1};
    out.hashes[i] = hash_integer(bits);
  }
}

// A decimal's key bytes are its 16, hashed as bytes.
inline void encode_decimal(const Column& column, size_t rows, EncodedKeys& out) {
  const auto* values = column.data<Int128>();
  for (size_t i = 0; i < rows; ++i) {
    if (column.is_null(static_cast<int64_t>(i))) {
      set_null(out, i);
      continue;
    }
    const auto* bytes = reinterpret_cast<const char*>(values + i);
    out.views[i] = {bytes, sizeof(Int128), 1};
    out.hashes[i] = hash_bytes(bytes, sizeof(Int128));
  }
}

inline void encode_text(const Column& column, size_t rows, EncodedKeys& out) {
  const bool nulls = column.may_have_nulls();
  for (size_t i = 0; i < rows; ++i) {
    if (nulls && column.is_null(static_cast<int64_t>(i))) {
      set_null(out, i);
      continue;
    }
    const auto text = column.text(static_cast<int64_t>(i));
    out.views[i] = {text.data(), static_cast<uint32_t>(text.size()), 1};
    out.hashes[i] = hash_bytes(text.data(), text.size());
  }
}

template <class Value, class Bits>
void encode_real(const Column& column, size_t rows, SignedZeros zeros, EncodedKeys& out) {
  encode_copied<Bits>(column, rows, out, [&](int64_t row) {
    const Value value = normalised(column.data<Value>()[row], zeros);
    Bits bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  });
}

inline void encode_one(const Column& column, size_t rows, SignedZeros zeros, EncodedKeys& out) {
  switch (column.type.id) {
    case TypeId::int64:
    case TypeId::timestamp:
    case TypeId::duration:
      return encode_in_place<uint64_t>(column, rows, out);
    case TypeId::int32:
    case TypeId::date:
      return encode_in_place<uint32_t>(column, rows, out);
    case TypeId::float64:
      return encode_real<double, uint64_t>(column, rows, zeros, out);
    case TypeId::float32:
      return encode_real<float, uint32_t>(column, rows, zeros, out);
    case TypeId::boolean:
      return encode_copied<uint8_t>(column, rows, out, [&](int64_t row) {
        return static_cast<uint8_t>(column.boolean(row) ? 1 : 0);
      });
    case TypeId::decimal:
      return encode_decimal(column, rows, out);
    case TypeId::string:
    case TypeId::binary:
      return encode_text(column, rows, out);
    default:
      for (size_t i = 0; i < rows; ++i) set_null(out, i);
  }
}

// ---- one value of any type, in the form of several columns

inline uint32_t size_of_value(const Column& column, int64_t row) {
  if (column.is_null(row)) return static_cast<uint32_t>(leaves_of(column.type));
  uint32_t size = 1;
  switch (column.type.id) {
    case TypeId::structure:
      for (const auto& field : column.children) size += size_of_value(field, row);
      return size;
    case TypeId::list:
      for (int32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i)
        size += size_of_value(column.children[0], i);
      return size + static_cast<uint32_t>(sizeof(uint32_t));
    case TypeId::string:
    case TypeId::binary:
      return size + static_cast<uint32_t>(sizeof(uint32_t) + column.text(row).size());
    default:
      return size + static_cast<uint32_t>(payload_width(column.type));
  }
}

template <class Value>
char* write_bits(char* to, Value value) {
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

inline char* write_value(const Column& column, int64_t row, SignedZeros zeros, char* to);

inline char* write_items(const Column& column, int64_t row, SignedZeros zeros, char* to) {
  const int32_t begin = column.offsets[row];
  const int32_t end = column.offsets[row + 1];
  to = write_bits(to, static_cast<uint32_t>(end - begin));
  for (int32_t i = begin; i < end; ++i) to = write_value(column.children[0], i, zeros, to);
  return to;
}

/// Returns where the value ends.
inline char* write_value(const Column& column, int64_t row, SignedZeros zeros, char* to) {
  if (column.is_null(row)) {
    const size_t leaves = leaves_of(column.type);
    std::memset(to, 0, leaves);
    return to + leaves;
  }
  *to++ = 1;
  switch (column.type.id) {
    case TypeId::structure:
      for (const auto& field : column.children) to = write_value(field, row, zeros, to);
      return to;
    case TypeId::list:
      return write_items(column, row, zeros, to);
    case TypeId::string:
    case TypeId::binary: {
      const auto text = column.text(row);
      to = write_bits(to, static_cast<uint32_t>(text.size()));
      if (!text.empty()) std::memcpy(to, text.data(), text.size());
      return to + text.size();
    }
    case TypeId::boolean:
      *to++ = column.boolean(row) ? 1 : 0;
      return to;
    case TypeId::float64:
      return write_bits(to, normalised(column.float64(row), zeros));
    case TypeId::float32:
      return write_bits(to, normalised(column.float32(row), zeros));
    case TypeId::decimal:
      return write_bits(to, column.decimal(row));
    default:
      if (width_of(column.type.id) == 4) return write_bits(to, column.data<int32_t>()[row]);
      return write_bits(to, column.data<int64_t>()[row]);
  }
}

// ---- several columns

inline void add_sizes(const Column& column, size_t rows, uint32_t* sizes) {
  if (column.type.id == TypeId::list) {
    for (size_t i = 0; i < rows; ++i) sizes[i] += size_of_value(column, static_cast<int64_t>(i));
    return;
  }
  const auto width = static_cast<uint32_t>(payload_width(column.type));
  for (size_t i = 0; i < rows; ++i) {
    const auto row = static_cast<int64_t>(i);
    if (column.is_null(row)) {
      sizes[i] += 1;
    } else if (column.type.is_bytes()) {
      sizes[i] += 5 + static_cast<uint32_t>(column.offsets[row + 1] - column.offsets[row]);
    } else {
      sizes[i] += 1 + width;
    }
  }
}

template <class Write>
void write_present(const Column& column, size_t rows, char** cursors, Write&& write) {
  for (size_t i = 0; i < rows; ++i) {
    const auto row = static_cast<int64_t>(i);
    const bool null = column.is_null(row);
    *cursors[i]++ = null ? 0 : 1;
    if (!null) write(row, cursors[i]);
  }
}

template <class Value>
void write_values(const Column& column, size_t rows, SignedZeros zeros, char** cursors) {
  write_present(column, rows, cursors, [&](int64_t row, char*& to) {
    const Value value = normalised(column.data<Value>()[row], zeros);
    std::memcpy(to, &value, sizeof value);
    to += sizeof value;
  });
}

inline void write_column(const Column& column, size_t rows, SignedZeros zeros, char** cursors) {
  switch (column.type.id) {
    case TypeId::float64:
      return write_values<double>(column, rows, zeros, cursors);
    case TypeId::float32:
      return write_values<float>(column, rows, zeros, cursors);
    case TypeId::decimal:
      return write_values<Int128>(column, rows, zeros, cursors);
    case TypeId::boolean:
      return write_present(column, rows, cursors,
                           [&](int64_t row, char*& to) { *to++ = column.boolean(row) ? 1 : 0; });
    case TypeId::string:
    case TypeId::binary:
      return write_present(column, rows, cursors, [&](int64_t row, char*& to) {
        const auto text = column.text(row);
        const auto size = static_cast<uint32_t>(text.size());
        std::memcpy(to, &size, sizeof size);
        if (size != 0) std::memcpy(to + sizeof size, text.data(), size);
        to += sizeof size + size;
      });
    case TypeId::structure:  // Its fields are leaves of their own.
      return write_present(column, rows, cursors, [](int64_t, char*&) {});
    case TypeId::list:
      return write_present(column, rows, cursors, [&](int64_t row, char*& to) {
        to = write_items(column, row, zeros, to);
      });
    default:
      if (width_of(column.type.id) == 4) return write_values<int32_t>(column, rows, zeros, cursors);
      return write_values<int64_t>(column, rows, zeros, cursors);
  }
}

inline void encode_several(std::span<const Column> columns, size_t rows, SignedZeros zeros,
                           EncodedKeys& out) {
  out.offsets.clear();
  out.offsets.append(rows, 0);
  for (const auto& column : columns) add_sizes(column, rows, out.offsets.data());
  size_t total = 0;
  for (size_t i = 0; i < rows; ++i) total += out.offsets[i];
  out.bytes.resize(total);
  out.cursors.resize(rows);
  char* at = out.bytes.data();
  for (size_t i = 0; i < rows; ++i) {
    out.views[i] = {at, out.offsets[i], 1};
    out.cursors[i] = at;
    at += out.offsets[i];
  }
  for (const auto& column : columns) write_column(column, rows, zeros, out.cursors.data());
  for (size_t i = 0; i < rows; ++i)
    out.hashes[i] = hash_bytes(out.views[i].data, out.views[i].size);
}

// ---- back to columns

template <class Value>
void append_value(const char* from, ColumnBuilder& to) {
  Value value;
  std::memcpy(&value, from, sizeof value);
  to.append(value);
}

inline void append_payload(std::string_view payload, ColumnBuilder& to) {
  if (to.type().is_bytes()) {
    to.append_bytes(payload);
  } else if (to.type().id == TypeId::boolean) {
    to.append_boolean(payload[0] != 0);
  } else if (width_of(to.type().id) == 4) {
    append_value<int32_t>(payload.data(), to);
  } else if (to.type().is_decimal()) {
    append_value<Int128>(payload.data(), to);
  } else {
    append_value<int64_t>(payload.data(), to);
  }
}

/// Reads one value in the form of several columns; returns where the next one begins.
inline const char* append_value_at(const char* at, ColumnBuilder& to) {
  const bool present = *at++ != 0;
  if (to.type().id == TypeId::structure) {
    if (!present) {
      to.append_null();
      return at + leaves_of(to.type()) - 1;
    }
    for (size_t i = 0; i < to.type().children.size(); ++i) at = append_value_at(at, to.child(i));
    to.end_nested();
    return at;
  }
  if (!present) {
    to.append_null();
    return at;
  }
  if (to.type().id == TypeId::list) {
    const uint32_t count = load_four(at);
    at += sizeof count;
    for (uint32_t i = 0; i < count; ++i) at = append_value_at(at, to.child());
    to.end_nested();
    return at;
  }
  size_t size = payload_width(to.type());
  if (to.type().is_bytes()) {
    size = load_four(at);
    at += sizeof(uint32_t);
  }
  append_payload({at, size}, to);
  return at + size;
}

}  // namespace millrace::detail::keys
