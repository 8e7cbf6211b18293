#include "plugins/join/row_codec.hpp"

#include <cstring>

namespace millrace::join {
namespace {

size_t stored_width(const Type& type) { return type.id == TypeId::boolean ? 1 : width_of(type.id); }

// ---- nested values, one after the other

size_t nested_size(const Column& from, int64_t row) {
  if (from.is_null(row)) return 1;
  if (from.type.is_bytes()) return 5 + from.text(row).size();
  if (const size_t width = stored_width(from.type); width != 0) return 1 + width;
  size_t size = 1;
  if (from.type.id == TypeId::list) {
    size += sizeof(uint32_t);
    for (int32_t i = from.offsets[row]; i < from.offsets[row + 1]; ++i)
      size += nested_size(from.children[0], i);
  } else {
    for (const auto& field : from.children) size += nested_size(field, row);
  }
  return size;
}

char* put_size(char* to, size_t size) {
  const auto count = static_cast<uint32_t>(size);
  std::memcpy(to, &count, sizeof count);
  return to + sizeof count;
}

char* put_nested(const Column& from, int64_t row, char* to) {
  const bool null = from.is_null(row);
  *to++ = null ? 0 : 1;
  if (null) return to;
  if (from.type.is_bytes()) {
    const auto text = from.text(row);
    to = put_size(to, text.size());
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    return to + text.size();
  }
  if (from.type.id == TypeId::boolean) {
    *to = from.boolean(row) ? 1 : 0;
    return to + 1;
  }
  if (const size_t width = width_of(from.type.id); width != 0) {
    std::memcpy(to, from.data<char>() + static_cast<size_t>(row) * width, width);
    return to + width;
  }
  if (from.type.id == TypeId::list) {
    to = put_size(to, static_cast<size_t>(from.offsets[row + 1] - from.offsets[row]));
    for (int32_t i = from.offsets[row]; i < from.offsets[row + 1]; ++i)
      to = put_nested(from.children[0], i, to);
    return to;
  }
  for (const auto& field : from.children) to = put_nested(field, row, to);
  return to;
}

uint32_t get_size(const char*& from) {
  uint32_t size;
  std::memcpy(&size, from, sizeof size);
  from += sizeof size;
  return size;
}

template <class Value>
void append_value(const char* from, ColumnBuilder& to) {
  Value value;
  std::memcpy(&value, from, sizeof value);
  to.append(value);
}

void append_fixed(const char* from, size_t width, ColumnBuilder& to) {
  if (width == 1)
    to.append_boolean(*from != 0);
  else if (width == 4)
    append_value<int32_t>(from, to);
  else if (width == sizeof(Int128))
    append_value<Int128>(from, to);
  else
    append_value<int64_t>(from, to);
}

void get_nested(const char*& from, ColumnBuilder& to) {
  if (*from++ == 0) return to.append_null();
  const Type& type = to.type();
  if (type.is_bytes()) {
    const uint32_t size = get_size(from);
    to.append_bytes({from, size});
    from += size;
  } else if (const size_t width = stored_width(type); width != 0) {
    append_fixed(from, width, to);
    from += width;
  } else if (type.id == TypeId::list) {
    for (uint32_t left = get_size(from); left != 0; --left) get_nested(from, to.child());
    to.end_nested();
  } else {
    for (size_t i = 0; i < type.children.size(); ++i) get_nested(from, to.child(i));
    to.end_nested();
  }
}

bool is_null(const char* row, size_t column) {
  return (static_cast<uint8_t>(row[column / 8]) >> (column % 8) & 1U) != 0;
}

size_t bytes_of(const Column& from, int64_t row) {
  if (from.is_null(row) || from.type.id == TypeId::null) return 0;
  return from.type.is_bytes() ? from.text(row).size() : nested_size(from, row);
}

}  // namespace

RowCodec::RowCodec(const Schema& schema) : fixed_bytes_((schema.size() + 7) / 8) {
  for (const auto& field : schema.fields) {
    const size_t width = stored_width(field.type);
    slots_.push_back({field.type, fixed_bytes_, width});
    fixed_bytes_ += width == 0 ? 2 * sizeof(uint32_t) : width;
  }
}

Column RowCodec::encode(const Batch& batch) const {
  const auto count = static_cast<size_t>(batch.size());
  std::vector<uint32_t> sizes(count, static_cast<uint32_t>(fixed_bytes_));
  for (size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].width == 0)
      for (size_t row = 0; row < count; ++row)
        sizes[row] += static_cast<uint32_t>(bytes_of(batch.column(i), static_cast<int64_t>(row)));
  size_t total = 0;
  for (const auto size : sizes) total += size;
  ColumnBuilder builder(TypeId::binary);
  builder.reserve(count);
  char* at = builder.reserve_bytes(total);
  std::vector<char*> rows(count);
  for (size_t row = 0; row < count; ++row) {
    rows[row] = at;
    std::memset(at, 0, fixed_bytes_);
    at += sizes[row];
  }
  std::vector<uint32_t> used(count, static_cast<uint32_t>(fixed_bytes_));
  for (size_t i = 0; i < slots_.size(); ++i)
    write_column(batch.column(i), i, rows.data(), used.data());
  for (const auto size : sizes) builder.append_written(size);
  return builder.finish();
}

void RowCodec::write_column(const Column& from, size_t column, char* const* rows,
                            uint32_t* used) const {
  const auto& slot = slots_[column];
  for (int64_t row = 0; row < from.length; ++row) {
    char* to = rows[row];
    if (from.is_null(row)) {
      to[column / 8] = static_cast<char>(static_cast<uint8_t>(to[column / 8]) | 1U << (column % 8));
    } else if (slot.type.id == TypeId::boolean) {
      to[slot.offset] = from.boolean(row) ? 1 : 0;
    } else if (slot.width != 0) {
      std::memcpy(to + slot.offset, from.data<char>() + static_cast<size_t>(row) * slot.width,
                  slot.width);
    } else {
      const size_t size = bytes_of(from, row);
      put_size(put_size(to + slot.offset, used[row]), size);
      if (!slot.type.is_bytes())
        put_nested(from, row, to + used[row]);
      else if (size != 0)
        std::memcpy(to + used[row], from.text(row).data(), size);
      used[row] += static_cast<uint32_t>(size);
    }
  }
}

void RowCodec::decode(size_t column, std::span<const char* const> rows, ColumnBuilder& to) const {
  for (const char* row : rows) decode_one(column, row, to);
}

void RowCodec::decode_one(size_t column, const char* row, ColumnBuilder& to) const {
  if (row == nullptr || is_null(row, column)) return to.append_null();
  const auto& slot = slots_[column];
  if (slot.width != 0) return append_fixed(row + slot.offset, slot.width, to);
  const char* place = row + slot.offset;
  const uint32_t offset = get_size(place);
  const uint32_t size = get_size(place);
  const char* bytes = row + offset;
  if (slot.type.is_bytes())
    to.append_bytes({bytes, size});
  else
    get_nested(bytes, to);
}

}  // namespace millrace::join
