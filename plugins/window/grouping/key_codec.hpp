#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "millrace/buffer.hpp"
#include "millrace/column.hpp"
#include "millrace/column_builder.hpp"

// Keys as bytes. A stored key is one byte, 1 for a value and 0 for null, and then its payload:
//   no key column     nothing
//   one key column    the value: little-endian if of fixed width, the text itself if a string
//   several           for each: 1 and the value (a text after its 32-bit length), or 0 for null
// Equal keys have equal bytes: null equals null, NaN equals NaN, and -0.0 is 0.0.
namespace millrace::window {

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
};

/// The first byte of the entries of a store that are no keys; see shard_notes.hpp.
inline constexpr char note_mark = 2;

class KeyCodec {
 public:
  explicit KeyCodec(std::vector<Type> types) : types_(std::move(types)) {}

  const std::vector<Type>& types() const { return types_; }
  /// The views stay valid as long as the columns and `out` do.
  void encode(std::span<const Column> columns, size_t rows, EncodedKeys& out) const;
  /// Appends one value to each of the builders, which follow types().
  void decode(std::string_view stored, std::span<ColumnBuilder> to) const;

  /// The hash that encode() gave to a stored key.
  uint64_t hash_of(const KeyView& key) const;
  static KeyView view_of(std::string_view stored) {
    return {stored.data() + 1, static_cast<uint32_t>(stored.size() - 1),
            static_cast<uint32_t>(stored[0])};
  }

 private:
  std::vector<Type> types_;
};

}  // namespace millrace::window
