#pragma once
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "millrace/buffer.hpp"
#include "millrace/short_bytes.hpp"
#include "millrace/store.hpp"

// How stores write themselves down, so that any of them can read what another one wrote. A piece is
// a version byte and then operations:
//   put    1, bucket (8 bytes), key size (4), value size (4), key, value
//   erase  2, bucket (8 bytes), key size (4), key
//   evict  3, bucket (8 bytes)
// Numbers are little-endian. Pieces end between operations; each begins with the version. Version 1
// had a hash (8 bytes) behind the bucket of put and erase, which is skipped.
namespace millrace {

enum class StateOperation : uint8_t { put = 1, erase = 2, evict = 3 };

struct StateChange {
  StateOperation operation;
  int64_t bucket = 0;
  std::string_view key;  ///< For evict: empty.
  std::string_view value;
};

/// Hands finished pieces of about 256 KiB to the writer.
class PieceBuilder {
 public:
  static constexpr uint8_t version = 2;

  explicit PieceBuilder(const PieceWriter& writer) : writer_(&writer) {}

  void put(int64_t bucket, std::string_view key, std::string_view value) {
    const size_t sizes = 2 * sizeof(uint32_t);
    char* at = begin(StateOperation::put, bucket, sizes + key.size() + value.size());
    at = write(at, static_cast<uint32_t>(key.size()));
    at = write(at, static_cast<uint32_t>(value.size()));
    copy_bytes(at, key.data(), key.size());
    copy_bytes(at + key.size(), value.data(), value.size());
    end();
  }
  void erase(int64_t bucket, std::string_view key) {
    char* at = begin(StateOperation::erase, bucket, sizeof(uint32_t) + key.size());
    at = write(at, static_cast<uint32_t>(key.size()));
    copy_bytes(at, key.data(), key.size());
    end();
  }
  void evict(int64_t up_to) {
    begin(StateOperation::evict, up_to, 0);
    end();
  }
  void finish() {
    if (!bytes_.empty()) writer_->append({bytes_.data(), bytes_.size()});
    written_ += static_cast<int64_t>(bytes_.size());
    bytes_.clear();
  }
  /// In all pieces so far.
  int64_t bytes() const { return written_ + static_cast<int64_t>(bytes_.size()); }

 private:
  static constexpr size_t piece_bytes = 240 * 1024;

  template <class Number>
  static char* write(char* to, Number value) {
    std::memcpy(to, &value, sizeof value);
    return to + sizeof value;
  }
  /// Room for an operation; `more` bytes are still to be written.
  char* begin(StateOperation operation, int64_t bucket, size_t more) {
    if (bytes_.empty()) bytes_.push_back(static_cast<char>(version));
    const size_t size = bytes_.size();
    bytes_.resize(size + sizeof operation + sizeof bucket + more);
    return write(write(bytes_.data() + size, operation), bucket);
  }
  void end() {
    if (bytes_.size() >= piece_bytes) finish();
  }

  const PieceWriter* writer_;
  Buffer<char> bytes_;
  int64_t written_ = 0;
};

/// Walks through the operations of a piece. Throws if the bytes are none.
class PieceReader {
 public:
  explicit PieceReader(std::string_view bytes) : bytes_(bytes) {
    const auto found = number<uint8_t>();
    if (found < 1 || found > PieceBuilder::version)
      refuse("it has version " + std::to_string(found) + ", this release reads up to version " +
             std::to_string(PieceBuilder::version));
    skipped_ = found == 1 ? sizeof(uint64_t) : 0;
  }

  std::optional<StateChange> next() {
    if (bytes_.empty()) return std::nullopt;
    const auto operation = number<uint8_t>();
    if (operation < 1 || operation > 3)
      refuse("it has an operation of unknown kind " + std::to_string(operation));
    StateChange change{static_cast<StateOperation>(operation), number<int64_t>(), {}, {}};
    if (change.operation == StateOperation::evict) return change;
    take(skipped_);
    const auto key_size = number<uint32_t>();
    const auto value_size =
        change.operation == StateOperation::put ? number<uint32_t>() : uint32_t{0};
    change.key = take(key_size);
    change.value = take(value_size);
    return change;
  }

 private:
  [[noreturn]] static void refuse(const std::string& what) {
    throw Error::user("a state file cannot be read: " + what +
                      "; restore the checkpoint from a copy, or start with a new `checkpoint` "
                      "directory");
  }

  template <class Number>
  Number number() {
    Number value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view take(size_t size) {
    if (size > bytes_.size()) refuse("it ends in the middle of an entry");
    const auto taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string_view bytes_;
  size_t skipped_ = 0;
};

}  // namespace millrace
