#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/store.hpp"

// How the store writes itself down. A piece is a version byte and then operations:
//   put    1, bucket (8 bytes), hash (8), key size (4), value size (4), key, value
//   erase  2, bucket (8 bytes), hash (8), key size (4), key
//   evict  3, bucket (8 bytes)
// Numbers are little-endian. Pieces end between operations; each begins with the version.
namespace millrace::memory_store {

enum class Operation : uint8_t { put = 1, erase = 2, evict = 3 };

struct Change {
  Operation operation;
  Key key{};  // For evict: only its bucket.
  std::string_view value;
};

/// Hands finished pieces of about 256 KiB to the writer.
class PieceBuilder {
 public:
  explicit PieceBuilder(const PieceWriter& writer) : writer_(&writer) {}
  void put(const Key& key, std::string_view value);
  void erase(const Key& key);
  void evict(int64_t up_to);
  void finish();

 private:
  void begin(Operation operation, int64_t bucket);
  template <class Number>
  void number(Number value);
  void end();

  const PieceWriter* writer_;
  std::string bytes_;
};

/// Walks through the operations of a piece. Throws if the bytes are none.
class PieceReader {
 public:
  explicit PieceReader(std::string_view bytes);
  std::optional<Change> next();

 private:
  template <class Number>
  Number number();
  std::string_view take(size_t size);

  std::string_view bytes_;
};

}  // namespace millrace::memory_store
