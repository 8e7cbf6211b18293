#include "plugins/kafka/direct/record_batch.hpp"

#include <isa-l/crc.h>

namespace millrace::kafka {
namespace {

// Where the fields lie, from the beginning of a batch.
constexpr size_t length_at = 8;
constexpr size_t head_before_length_ends = 12;
constexpr size_t format_at = 16;
constexpr size_t checksum_at = 17;
constexpr size_t checked_from = 21;
constexpr size_t last_offset_at = 23;
constexpr size_t base_timestamp_at = 27;
constexpr size_t max_timestamp_at = 35;
constexpr size_t producer_at = 43;
constexpr size_t count_at = 57;
constexpr size_t records_at = 61;
constexpr int8_t format = 2;

}  // namespace

std::optional<RecordBatch> front_batch(std::string_view bytes) {
  if (bytes.size() <= format_at) return std::nullopt;
  const char* head = bytes.data();
  if (head[format_at] >= 0 && head[format_at] < format)
    throw Unsupported("its records are in the format of Kafka before 0.11");
  if (head[format_at] != format) throw Malformed("a record batch is of an unknown format");
  const auto length = read_big_endian<int32_t>(head + length_at);
  if (length < 0 || static_cast<size_t>(length) < records_at - head_before_length_ends)
    throw Malformed("a record batch is shorter than its head");
  const size_t size = head_before_length_ends + static_cast<size_t>(length);
  if (size > bytes.size()) return std::nullopt;
  RecordBatch batch;
  batch.size = size;
  batch.first_offset = read_big_endian<int64_t>(head);
  const auto last = read_big_endian<int32_t>(head + last_offset_at);
  batch.count = read_big_endian<int32_t>(head + count_at);
  if (batch.first_offset < 0 || last < 0 || batch.count < 0 || batch.count - 1 > last ||
      batch.first_offset > INT64_MAX - last - 1)
    throw Malformed("a record batch has offsets that cannot be");
  batch.next_offset = batch.first_offset + last + 1;
  batch.checksum = read_big_endian<uint32_t>(head + checksum_at);
  batch.attributes = read_big_endian<int16_t>(head + checked_from);
  batch.base_timestamp = read_big_endian<int64_t>(head + base_timestamp_at);
  batch.max_timestamp = read_big_endian<int64_t>(head + max_timestamp_at);
  batch.producer = read_big_endian<int64_t>(head + producer_at);
  batch.checked = bytes.substr(checked_from, size - checked_from);
  batch.records = bytes.substr(records_at, size - records_at);
  return batch;
}

bool is_intact(const RecordBatch& batch) {
  // Castagnoli's polynomial, as in iSCSI. The function only reads.
  auto* bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(batch.checked.data()));
  return ~crc32_iscsi(bytes, static_cast<int>(batch.checked.size()), ~0U) == batch.checksum;
}

}  // namespace millrace::kafka
