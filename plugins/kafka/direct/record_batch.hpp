#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "plugins/kafka/direct/wire.hpp"
#include "plugins/kafka/record_rows.hpp"

namespace millrace::kafka {

/// How the records of a batch are packed.
enum class Codec { none = 0, gzip = 1, snappy = 2, lz4 = 3, zstd = 4 };

/// The head of a record batch (https://kafka.apache.org/documentation/#recordbatch). Its bytes are
/// only borrowed.
struct RecordBatch {
  int64_t first_offset = 0;
  int64_t next_offset = 0;  ///< The batch stands for all offsets before this one.
  int64_t base_timestamp = 0;
  int64_t max_timestamp = 0;
  int64_t producer = -1;
  uint32_t checksum = 0;
  int16_t attributes = 0;
  int32_t count = 0;
  std::string_view checked;  ///< What the checksum is of.
  std::string_view records;  ///< Packed as codec() says.
  size_t size = 0;           ///< Of all of it, in bytes.

  Codec codec() const { return static_cast<Codec>(attributes & 7); }
  bool has_broker_time() const { return (attributes & 8) != 0; }
  bool is_transactional() const { return (attributes & 16) != 0; }
  bool is_control() const { return (attributes & 32) != 0; }
};

/// The batch in front of `bytes`, of which the last may be there in part only: none, then. Throws
/// Unsupported for the formats before Kafka 0.11, Malformed for what cannot be a batch.
std::optional<RecordBatch> front_batch(std::string_view bytes);

/// Whether a batch is as it was written.
bool is_intact(const RecordBatch& batch);

/// The records of a batch one by one.
class RecordCursor {
 public:
  RecordCursor() = default;
  /// `records` are those of the batch, unpacked.
  RecordCursor(const RecordBatch& batch, std::string_view records)
      : at_(records.data()),
        end_(records.data() + records.size()),
        left_(batch.count),
        first_offset_(batch.first_offset),
        offsets_(batch.next_offset - batch.first_offset),
        base_timestamp_(batch.has_broker_time() ? batch.max_timestamp : batch.base_timestamp),
        timestamp_type_(batch.has_broker_time() ? 1 : 0) {}

  /// The next record; false where there is none. Throws Malformed.
  bool next(Record& record) {
    if (left_ == 0) return false;
    --left_;
    const char* at = at_;
    const int64_t length = varint(at, end_);
    if (length < 1 || length > end_ - at) throw Malformed("a record is longer than its batch");
    const char* const end = at + length;
    ++at;  // Its attributes, of which there are none yet.
    const int64_t timestamp = varint(at, end);
    record.timestamp_ms = timestamp_type_ == 0 ? sum(base_timestamp_, timestamp) : base_timestamp_;
    record.timestamp_type = timestamp_type_;
    const int64_t offset = varint(at, end);
    if (offset < 0 || offset >= offsets_)
      throw Malformed("a record is not among its batch's offsets");
    record.offset = first_offset_ + offset;
    record.has_key = take(at, end, record.key);
    record.has_value = take(at, end, record.value);
    at_ = end;  // Headers lie between.
    return true;
  }

 private:
  // Bytes with their length in front. False: null.
  static bool take(const char*& at, const char* end, std::string_view& bytes) {
    const int64_t length = varint(at, end);
    bytes = {};
    if (length == -1) return false;
    if (length < 0 || length > end - at)
      throw Malformed("a key or value is longer than its record");
    bytes = {at, static_cast<size_t>(length)};
    at += length;
    return true;
  }
  // Producers give any time they like.
  static int64_t sum(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  }
  static int64_t varint(const char*& at, const char* end) {
    uint64_t bits = 0;
    for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
      const auto byte = static_cast<uint8_t>(*at++);
      bits |= static_cast<uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) return static_cast<int64_t>((bits >> 1U) ^ (~(bits & 1U) + 1U));
    }
    throw Malformed("a number has no end");
  }

  const char* at_ = nullptr;
  const char* end_ = nullptr;
  int32_t left_ = 0;
  int64_t first_offset_ = 0;
  int64_t offsets_ = 0;  // How many the batch stands for.
  int64_t base_timestamp_ = 0;
  int32_t timestamp_type_ = 0;
};

}  // namespace millrace::kafka
