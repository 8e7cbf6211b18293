#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/detail/key_encoding.hpp"

// Keys as bytes, for transforms that group, compare or look rows up. A stored key is one byte, 1
// for a value and 0 for null, and then its payload:
//   no key column     nothing
//   one key column    the value: little-endian if of fixed width, the text itself if a string
//   several           for each: 1 and the value (a text after its 32-bit length), or 0 for null
// A structure counts as a column without a value, followed by its fields. A list is its 32-bit
// number of items and the items, each in the form of several columns.
// Equal keys have equal bytes: null equals null, NaN equals NaN, and -0.0 is 0.0 unless asked for.
namespace millrace {

class KeyCodec {
 public:
  explicit KeyCodec(std::vector<Type> types, SignedZeros zeros = SignedZeros::equal)
      : types_(std::move(types)), zeros_(zeros) {
    for (const auto& type : types_) leaves_ += detail::keys::leaves_of(type);
    alone_ = types_.size() == 1 && !types_[0].is_nested();
  }

  const std::vector<Type>& types() const { return types_; }

  /// The views stay valid as long as the columns and `out` do.
  void encode(std::span<const Column> columns, size_t rows, EncodedKeys& out) const {
    out.views.resize(rows);
    out.hashes.resize(rows);
    if (leaves_ != columns.size()) {
      out.leaves.clear();
      for (const auto& column : columns) detail::keys::add_leaves(column, out.leaves);
      return detail::keys::encode_several(out.leaves, rows, zeros_, out);
    }
    if (alone_) return detail::keys::encode_one(columns[0], rows, zeros_, out);
    if (!columns.empty()) return detail::keys::encode_several(columns, rows, zeros_, out);
    for (size_t i = 0; i < rows; ++i) {
      out.views[i] = {"", 0, 1};
      out.hashes[i] = hash_of_no_key;
    }
  }

  /// Appends one value to each of the builders, which follow types().
  void decode(std::string_view stored, std::span<ColumnBuilder> to) const {
    if (alone_) {
      if (stored[0] == 0) return to[0].append_null();
      return detail::keys::append_payload(stored.substr(1), to[0]);
    }
    const char* at = stored.data() + 1;
    for (auto& builder : to) at = detail::keys::append_value_at(at, builder);
  }

  /// The hash that encode() gave to a stored key.
  uint64_t hash_of(const KeyView& key) const {
    if (types_.empty()) return hash_of_no_key;
    if (key.present == 0) return hash_of_null;
    if (!alone_ || types_[0].is_bytes() || types_[0].is_decimal())
      return hash_bytes(key.data, key.size);
    if (key.size == 8) return hash_integer(load_eight(key.data));
    return hash_integer(key.size == 4 ? load_four(key.data) : static_cast<uint8_t>(*key.data));
  }
  static KeyView view_of(std::string_view stored) {
    return {stored.data() + 1, static_cast<uint32_t>(stored.size() - 1),
            static_cast<uint32_t>(stored[0])};
  }

 private:
  std::vector<Type> types_;
  SignedZeros zeros_;
  size_t leaves_ = 0;
  bool alone_ = false;  // One column of flat values.
};

}  // namespace millrace
