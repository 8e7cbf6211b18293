#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::testing {

// Writes record batches as Kafka's producers do
// (https://kafka.apache.org/documentation/#recordbatch), by nothing that the plugin reads them
// with.

template <class Number>
void put_number(std::string& to, Number value) {
  for (size_t i = sizeof(Number); i-- > 0;)
    to += static_cast<char>(static_cast<uint64_t>(value) >> (8 * i));
}

inline void put_varint(std::string& to, int64_t value) {
  auto bits = (static_cast<uint64_t>(value) << 1U) ^ (value < 0 ? ~uint64_t{0} : uint64_t{0});
  for (; bits >= 0x80; bits >>= 7U) to += static_cast<char>(bits | 0x80U);
  to += static_cast<char>(bits);
}

// Castagnoli's polynomial, bit by bit.
inline uint32_t crc32c(std::string_view bytes) {
  uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
  }
  return ~crc;
}

using OptionalText = std::optional<std::string>;

struct WrittenRecord {
  OptionalText value;
  OptionalText key = std::nullopt;
  int64_t offset = 0;     // From the batch's first.
  int64_t timestamp = 0;  // From the batch's base.
  std::vector<std::pair<std::string, OptionalText>> headers = {};

  std::string bytes() const {
    std::string body(1, '\0');  // Attributes.
    put_varint(body, timestamp);
    put_varint(body, offset);
    put(body, key);
    put(body, value);
    put_varint(body, static_cast<int64_t>(headers.size()));
    for (const auto& [name, content] : headers) {
      put(body, name);
      put(body, content);
    }
    std::string whole;
    put_varint(whole, static_cast<int64_t>(body.size()));
    return whole + body;
  }

 private:
  static void put(std::string& to, const OptionalText& text) {
    put_varint(to, text ? static_cast<int64_t>(text->size()) : -1);
    if (text) to += *text;
  }
};

struct BatchWriter {
  static constexpr int16_t broker_time = 8;
  static constexpr int16_t transactional = 16;
  static constexpr int16_t control = 32;

  int64_t first_offset = 0;
  int16_t attributes = 0;  // With the codec that `records` are packed by.
  int64_t producer = -1;
  int64_t base_timestamp = 1'700'000'000'000;
  int64_t max_timestamp = 1'700'000'000'999;
  int32_t last_offset = 0;  // From the first.
  int32_t count = 0;
  int8_t format = 2;
  std::optional<int32_t> length = std::nullopt;  // What is said to follow, where that is wrong.
  std::string records = {};

  BatchWriter& add(WrittenRecord record) {
    records += record.bytes();
    last_offset = static_cast<int32_t>(record.offset);
    ++count;
    return *this;
  }
  // Records with these values and one offset each.
  BatchWriter& add_values(const std::vector<std::string>& values) {
    for (const auto& value : values) add({value, std::nullopt, count});
    return *this;
  }

  std::string bytes() const {
    std::string checked;
    put_number(checked, attributes);
    put_number(checked, last_offset);
    put_number(checked, base_timestamp);
    put_number(checked, max_timestamp);
    put_number(checked, producer);
    put_number(checked, int16_t{0});   // The producer's epoch,
    put_number(checked, int32_t{-1});  // and its number for the first record.
    put_number(checked, count);
    checked += records;
    std::string whole;
    put_number(whole, first_offset);
    const auto follows = sizeof(int32_t) + sizeof format + sizeof(uint32_t) + checked.size();
    put_number(whole, length.value_or(static_cast<int32_t>(follows)));
    put_number(whole, int32_t{0});  // The leader's epoch.
    put_number(whole, format);
    put_number(whole, crc32c(checked));
    return whole + checked;
  }
};

// A batch with one offset for each value.
inline BatchWriter batch_of(int64_t first_offset, const std::vector<std::string>& values) {
  BatchWriter batch;
  batch.first_offset = first_offset;
  batch.add_values(values);
  return batch;
}

inline BatchWriter batch_in_transaction(int64_t first_offset, int64_t producer,
                                        const std::vector<std::string>& values) {
  auto batch = batch_of(first_offset, values);
  batch.producer = producer;
  batch.attributes = BatchWriter::transactional;
  return batch;
}

// What ends a producer's transaction, committed or not.
inline BatchWriter end_of_transaction(int64_t offset, int64_t producer, bool committed) {
  std::string key;
  put_number(key, int16_t{0});  // Its version.
  put_number(key, static_cast<int16_t>(committed ? 1 : 0));
  BatchWriter batch;
  batch.first_offset = offset;
  batch.producer = producer;
  batch.attributes = BatchWriter::transactional | BatchWriter::control;
  batch.add({std::string(6, '\0'), key});
  return batch;
}

}  // namespace millrace::testing
