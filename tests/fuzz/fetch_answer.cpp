// What a Kafka broker answers to a reader: the answer, its batches, their records, packed or not.
// No checksum is asked for: who wrote the bytes also wrote that.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "plugins/kafka/direct/aborted_records.hpp"
#include "plugins/kafka/direct/fetch_protocol.hpp"
#include "plugins/kafka/direct/record_batch.hpp"
#include "plugins/kafka/direct/unpack.hpp"

namespace millrace::kafka {
namespace {

constexpr size_t unpacked_bytes_max = 1 << 20;

/// Reads all of some bytes.
size_t sum_of(std::string_view bytes) {
  size_t sum = 0;
  for (const char byte : bytes) sum += static_cast<uint8_t>(byte);
  return sum;
}

size_t read_records(const RecordBatch& batch, std::string_view records) {
  RecordCursor cursor(batch, records);
  size_t sum = 0;
  for (Record record; cursor.next(record);) {
    // A reader goes on behind it, and must not leave what it has.
    if (record.offset < batch.first_offset || record.offset >= batch.next_offset) __builtin_trap();
    sum += sum_of(record.key) + sum_of(record.value);
  }
  return sum;
}

size_t read_batches(const FetchAnswer& answer) {
  AbortedRecords aborted(answer.aborted);
  std::string_view batches = answer.batches;
  std::string memory;
  size_t sum = 0;
  while (const auto batch = front_batch(batches)) {
    if (batch->size == 0 || batch->next_offset <= batch->first_offset) __builtin_trap();
    batches.remove_prefix(batch->size);
    sum += is_intact(*batch) ? 1 : 0;
    if (aborted.hides(*batch) || batch->is_control()) continue;
    const auto records = unpack(batch->codec(), batch->records, unpacked_bytes_max, memory);
    if (batch->codec() == Codec::none) {
      sum += read_records(*batch, records);
      continue;
    }
    // In memory of just that size, so that reading too far shows.
    const auto exact = std::make_unique<char[]>(records.size());
    records.copy(exact.get(), records.size());
    sum += read_records(*batch, {exact.get(), records.size()});
  }
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    knows_fetch(bytes);
  } catch (const Malformed&) {
  }
  try {
    const auto sum = read_batches(parse_fetch_answer(bytes, "t", 0));
    if (sum == SIZE_MAX) __builtin_trap();  // It cannot be, but the sum must be formed.
  } catch (const Malformed&) {
  } catch (const Unsupported&) {
  }
  return 0;
}

}  // namespace millrace::kafka
