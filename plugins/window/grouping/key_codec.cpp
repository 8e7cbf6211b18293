#include "plugins/window/grouping/key_codec.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include "plugins/window/grouping/key_hash.hpp"

namespace millrace::window {
namespace {

template <class Value>
Value normalised(Value value) {
  if constexpr (std::is_floating_point_v<Value>) {
    if (std::isnan(value)) return std::numeric_limits<Value>::quiet_NaN();
    return value == 0 ? Value{0} : value;
  } else {
    return value;
  }
}

size_t payload_width(const Type& type) {
  return type.id == TypeId::boolean ? 1 : width_of(type.id);
}

// ---- one column

void set_null(EncodedKeys& out, size_t row) {
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

void encode_text(const Column& column, size_t rows, EncodedKeys& out) {
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
void encode_real(const Column& column, size_t rows, EncodedKeys& out) {
  encode_copied<Bits>(column, rows, out, [&](int64_t row) {
    const Value value = normalised(column.data<Value>()[row]);
    Bits bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  });
}

void encode_one(const Column& column, size_t rows, EncodedKeys& out) {
  switch (column.type.id) {
    case TypeId::int64:
    case TypeId::timestamp:
    case TypeId::duration:
      return encode_in_place<uint64_t>(column, rows, out);
    case TypeId::int32:
    case TypeId::date:
      return encode_in_place<uint32_t>(column, rows, out);
    case TypeId::float64:
      return encode_real<double, uint64_t>(column, rows, out);
    case TypeId::float32:
      return encode_real<float, uint32_t>(column, rows, out);
    case TypeId::boolean:
      return encode_copied<uint8_t>(column, rows, out, [&](int64_t row) {
        return static_cast<uint8_t>(column.boolean(row) ? 1 : 0);
      });
    case TypeId::string:
    case TypeId::binary:
      return encode_text(column, rows, out);
    default:
      for (size_t i = 0; i < rows; ++i) set_null(out, i);
  }
}

// ---- several columns

void add_sizes(const Column& column, size_t rows, uint32_t* sizes) {
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
void write_values(const Column& column, size_t rows, char** cursors) {
  write_present(column, rows, cursors, [&](int64_t row, char*& to) {
    const Value value = normalised(column.data<Value>()[row]);
    std::memcpy(to, &value, sizeof value);
    to += sizeof value;
  });
}

void write_column(const Column& column, size_t rows, char** cursors) {
  switch (column.type.id) {
    case TypeId::float64:
      return write_values<double>(column, rows, cursors);
    case TypeId::float32:
      return write_values<float>(column, rows, cursors);
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
    default:
      if (width_of(column.type.id) == 4) return write_values<int32_t>(column, rows, cursors);
      return write_values<int64_t>(column, rows, cursors);
  }
}

void encode_several(std::span<const Column> columns, size_t rows, EncodedKeys& out) {
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
  for (const auto& column : columns) write_column(column, rows, out.cursors.data());
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

void append_payload(std::string_view payload, ColumnBuilder& to) {
  if (to.type().is_bytes()) {
    to.append_bytes(payload);
  } else if (to.type().id == TypeId::boolean) {
    to.append_boolean(payload[0] != 0);
  } else if (width_of(to.type().id) == 4) {
    append_value<int32_t>(payload.data(), to);
  } else {
    append_value<int64_t>(payload.data(), to);
  }
}

}  // namespace

void KeyCodec::encode(std::span<const Column> columns, size_t rows, EncodedKeys& out) const {
  out.views.resize(rows);
  out.hashes.resize(rows);
  if (columns.size() == 1) return encode_one(columns[0], rows, out);
  if (columns.size() > 1) return encode_several(columns, rows, out);
  for (size_t i = 0; i < rows; ++i) {
    out.views[i] = {"", 0, 1};
    out.hashes[i] = hash_of_no_key;
  }
}

uint64_t KeyCodec::hash_of(const KeyView& key) const {
  if (types_.empty()) return hash_of_no_key;
  if (key.present == 0) return hash_of_null;
  if (types_.size() > 1 || types_[0].is_bytes()) return hash_bytes(key.data, key.size);
  if (key.size == 8) return hash_integer(load_eight(key.data));
  return hash_integer(key.size == 4 ? load_four(key.data) : static_cast<uint8_t>(*key.data));
}

void KeyCodec::decode(std::string_view stored, std::span<ColumnBuilder> to) const {
  if (to.size() == 1) {
    if (stored[0] == 0) return to[0].append_null();
    return append_payload(stored.substr(1), to[0]);
  }
  const char* at = stored.data() + 1;
  for (auto& builder : to) {
    if (*at++ == 0) {
      builder.append_null();
      continue;
    }
    size_t size = payload_width(builder.type());
    if (builder.type().is_bytes()) {
      size = load_four(at);
      at += sizeof(uint32_t);
    }
    append_payload({at, size}, builder);
    at += size;
  }
}

}  // namespace millrace::window
