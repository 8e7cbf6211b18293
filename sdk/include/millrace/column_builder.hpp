#pragma once
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "millrace/buffer.hpp"
#include "millrace/column.hpp"
#include "millrace/short_bytes.hpp"

namespace millrace {

/// Makes one column, value by value or in bulk. Appending is inline code without virtual calls;
/// the caller appends values of the column's type (that is not checked per value).
class ColumnBuilder {
 public:
  explicit ColumnBuilder(Type type) : type_(std::move(type)), width_(width_of(type_.id)) {
    for (const auto& child : type_.children) children_.emplace_back(child.type);
    if (has_offsets()) offsets_.push_back(0);
  }

  const Type& type() const { return type_; }
  int64_t length() const { return length_; }

  void reserve(size_t rows) {
    if (width_ != 0) values_.reserve(rows * width_);
    if (has_offsets()) offsets_.reserve(rows + 1);
  }

  /// A fixed-width value; `Value` must be the column's C++ type.
  template <class Value>
  void append(Value value) {
    static_assert(sizeof(Value) == 4 || sizeof(Value) == 8 || sizeof(Value) == 16);
    values_.append(reinterpret_cast<const char*>(&value), sizeof value);
    valid();
  }
  void append_boolean(bool value) {
    append_bit(bits_, length_, value);
    valid();
  }
  void append_bytes(std::string_view text) {
    copy_bytes(reserve_bytes(text.size()), text.data(), text.size());
    append_written(text.size());
  }
  /// `count` values, each what `value_of(i)` says.
  template <class Value, class ValueOf>
  void append_values(size_t count, ValueOf&& value_of) {
    const size_t had = values_.size();
    values_.resize(had + count * sizeof(Value));
    char* to = values_.data() + had;
    for (size_t i = 0; i < count; ++i) {
      const Value value = value_of(i);
      std::memcpy(to + i * sizeof value, &value, sizeof value);
    }
    valid(count);
  }
  /// `count` texts, each what `text_of(i)` says; it is asked twice.
  template <class TextOf>
  void append_texts(size_t count, TextOf&& text_of) {
    size_t size = bytes_.size();
    for (size_t i = 0; i < count; ++i) size += text_of(i).size();
    check_bytes(size);
    char* to = reserve_bytes(size - bytes_.size());
    bytes_.resize(size);
    const size_t had = offsets_.size();
    offsets_.resize(had + count);
    for (size_t i = 0; i < count; ++i) {
      const std::string_view text = text_of(i);
      copy_bytes(to, text.data(), text.size());
      to += text.size();
      offsets_[had + i] = static_cast<int32_t>(to - bytes_.data());
    }
    valid(count);
  }
  void append_null() {
    if (validity_.empty()) start_validity();
    append_bit(validity_, length_, false);
    if (width_ != 0) values_.append(width_, 0);
    if (type_.id == TypeId::boolean) append_bit(bits_, length_, false);
    if (has_offsets()) offsets_.push_back(offsets_.back());
    if (type_.id == TypeId::structure)
      for (auto& child : children_) child.append_null();
    ++length_;
  }

  /// Room to write a string in place: write, then `append_written(count)`.
  char* reserve_bytes(size_t most) {
    bytes_.reserve(bytes_.size() + most);
    return bytes_.data() + bytes_.size();
  }
  void append_written(size_t count) {
    bytes_.resize(bytes_.size() + count);
    end_bytes();
    valid();
  }

  /// The builder of a list's items or of a structure's field.
  ColumnBuilder& child(size_t i = 0) { return children_[i]; }
  /// Ends a list whose items were appended to child(), or a structure whose fields were.
  void end_nested() {
    if (type_.id == TypeId::list) offsets_.push_back(static_cast<int32_t>(children_[0].length()));
    valid();
  }

  /// Ends a structure that is null, where its fields had nulls appended.
  void end_null() {
    if (validity_.empty()) start_validity();
    append_bit(validity_, length_, false);
    ++length_;
  }

  /// Copies one value, null or not, of a column of the same type.
  void append_from(const Column& column, int64_t row) {
    if (column.is_null(row)) return append_null();
    switch (type_.id) {
      case TypeId::boolean:
        return append_boolean(column.boolean(row));
      case TypeId::int32:
      case TypeId::date:
      case TypeId::float32:
        return append(column.data<int32_t>()[row]);
      case TypeId::int64:
      case TypeId::timestamp:
      case TypeId::duration:
      case TypeId::float64:
        return append(column.data<int64_t>()[row]);
      case TypeId::decimal:
        return append(column.decimal(row));
      case TypeId::string:
      case TypeId::binary:
        return append_bytes(column.text(row));
      case TypeId::list:
        for (int32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i)
          children_[0].append_from(column.children[0], i);
        return end_nested();
      case TypeId::structure:
        for (size_t i = 0; i < children_.size(); ++i)
          children_[i].append_from(column.children[i], row);
        return end_nested();
      case TypeId::null:
        return append_null();
    }
  }

  /// The column built so far; the builder is empty afterwards and can be used again.
  Column finish() {
    // Payload columns promise readable bytes after the last (abi.h, formats).
    if (type_.is_bytes()) bytes_.reserve(bytes_.size() + 64);
    auto memory = std::make_shared<Memory>();
    memory->validity = std::move(validity_);
    memory->bits = std::move(bits_);
    memory->values = std::move(values_);
    memory->offsets = std::move(offsets_);
    memory->bytes = std::move(bytes_);
    Column column;
    column.type = type_;
    column.length = length_;
    column.validity = memory->validity.empty() ? nullptr : memory->validity.data();
    column.values = type_.id == TypeId::boolean ? static_cast<const void*>(memory->bits.data())
                                                : memory->values.data();
    column.offsets = memory->offsets.data();
    column.bytes = memory->bytes.data();
    for (auto& child : children_) column.children.push_back(child.finish());
    column.owner = std::move(memory);
    length_ = 0;
    if (has_offsets()) offsets_.push_back(0);
    return column;
  }

 private:
  struct Memory {
    Buffer<uint8_t> validity;
    Buffer<uint8_t> bits;
    Buffer<char> values;
    Buffer<int32_t> offsets;
    Buffer<char> bytes;
  };

  bool has_offsets() const { return type_.is_bytes() || type_.id == TypeId::list; }

  void valid() {
    if (!validity_.empty()) append_bit(validity_, length_, true);
    ++length_;
  }
  void valid(size_t count) {
    if (validity_.empty())
      length_ += static_cast<int64_t>(count);
    else
      for (size_t i = 0; i < count; ++i) valid();
  }
  static void check_bytes(size_t size) {
    if (size > static_cast<size_t>(std::numeric_limits<int32_t>::max()))
      throw Error::data("a column of one batch holds more than 2 GiB of text; use smaller batches");
  }
  void end_bytes() {
    check_bytes(bytes_.size());
    offsets_.push_back(static_cast<int32_t>(bytes_.size()));
  }
  void start_validity() {
    validity_.append(bytes_for_bits(length_), 0xff);
    if (validity_.empty()) validity_.push_back(0);
    if (length_ % 8 != 0) validity_.back() = static_cast<uint8_t>((1 << (length_ % 8)) - 1);
  }
  static void append_bit(Buffer<uint8_t>& bits, int64_t at, bool value) {
    const auto byte = static_cast<size_t>(at >> 3);
    while (bits.size() <= byte) bits.push_back(0);
    if (value) bits[byte] = static_cast<uint8_t>(bits[byte] | (1U << (at & 7)));
  }

  Type type_;
  size_t width_;
  int64_t length_ = 0;
  Buffer<uint8_t> validity_;
  Buffer<uint8_t> bits_;
  Buffer<char> values_;
  Buffer<int32_t> offsets_;
  Buffer<char> bytes_;
  std::vector<ColumnBuilder> children_;
};

}  // namespace millrace
