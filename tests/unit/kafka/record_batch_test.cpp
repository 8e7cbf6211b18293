#include "plugins/kafka/direct/record_batch.hpp"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kafka/batch_writer.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::batch_of;
using millrace::testing::BatchWriter;
using millrace::testing::crc32c;
using millrace::testing::put_varint;
using millrace::testing::WrittenRecord;
using ::testing::ElementsAre;

// The records of the only batch in `bytes`.
std::vector<Record> records_of(const std::string& bytes) {
  const auto batch = front_batch(bytes);
  if (!batch) throw std::logic_error("no batch");
  RecordCursor cursor(*batch, batch->records);
  std::vector<Record> records;
  for (Record record; cursor.next(record);) records.push_back(record);
  return records;
}

std::vector<int64_t> offsets_of(const std::string& bytes) {
  std::vector<int64_t> offsets;
  for (const auto& record : records_of(bytes)) offsets.push_back(record.offset);
  return offsets;
}

// A batch of one record that consists of these bytes.
std::string batch_with(const std::string& record) {
  BatchWriter batch;
  batch.count = 1;
  batch.records = record;
  return batch.bytes();
}

TEST(RecordBatches, SayWhatIsInTheirHead) {
  auto writer = batch_of(70, {"a", "b", "c"});
  writer.producer = 4711;
  writer.attributes = BatchWriter::transactional | static_cast<int16_t>(Codec::zstd);
  const auto bytes = writer.bytes();
  const auto batch = front_batch(bytes);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->first_offset, 70);
  EXPECT_EQ(batch->next_offset, 73);
  EXPECT_EQ(batch->producer, 4711);
  EXPECT_EQ(batch->base_timestamp, writer.base_timestamp);
  EXPECT_EQ(batch->max_timestamp, writer.max_timestamp);
  EXPECT_EQ(batch->count, 3);
  EXPECT_EQ(batch->codec(), Codec::zstd);
  EXPECT_TRUE(batch->is_transactional());
  EXPECT_FALSE(batch->is_control());
  EXPECT_FALSE(batch->has_broker_time());
  EXPECT_EQ(batch->records, writer.records);
  EXPECT_EQ(batch->size, bytes.size());
}

TEST(RecordBatches, FollowOneAnother) {
  const auto bytes = batch_of(0, {"a"}).bytes() + batch_of(1, {"b", "c"}).bytes();
  const auto first = front_batch(bytes);
  ASSERT_TRUE(first);
  const auto second = front_batch(std::string_view(bytes).substr(first->size));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->first_offset, 1);
  EXPECT_EQ(first->size + second->size, bytes.size());
}

TEST(RecordBatches, OfWhichOnlyAPartIsThereAreLeft) {
  const auto whole = batch_of(5, {"some", "values"}).bytes();
  for (size_t size = 0; size < whole.size(); ++size) {
    // Of its own, so that reading too far shows.
    const std::vector<char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(front_batch({part.data(), part.size()})) << size;
  }
}

TEST(RecordBatches, OfOldFormatsAreForOthers) {
  for (const int8_t format : {int8_t{0}, int8_t{1}}) {
    auto writer = batch_of(0, {"a"});
    writer.format = format;
    EXPECT_THROW(front_batch(writer.bytes()), Unsupported);
  }
}

TEST(RecordBatches, OfUnknownFormatsAreMalformed) {
  for (const int8_t format : {int8_t{3}, int8_t{127}, int8_t{-1}}) {
    auto writer = batch_of(0, {"a"});
    writer.format = format;
    EXPECT_THROW(front_batch(writer.bytes()), Malformed);
  }
}

TEST(RecordBatches, ShorterThanTheirHeadAreMalformed) {
  for (const int32_t length : {-1, 0, 48, INT32_MIN}) {
    auto writer = batch_of(0, {"a"});
    writer.length = length;
    EXPECT_THROW(front_batch(writer.bytes()), Malformed) << length;
  }
}

TEST(RecordBatches, WithOffsetsThatCannotBeAreMalformed) {
  const auto expect_malformed = [](auto change) {
    auto writer = batch_of(7, {"a", "b"});
    change(writer);
    EXPECT_THROW(front_batch(writer.bytes()), Malformed);
  };
  expect_malformed([](auto& writer) { writer.first_offset = -1; });
  expect_malformed([](auto& writer) { writer.first_offset = INT64_MAX - 1; });
  expect_malformed([](auto& writer) { writer.last_offset = -1; });
  expect_malformed([](auto& writer) { writer.count = -1; });
  expect_malformed([](auto& writer) { writer.count = 3; });
  expect_malformed([](auto& writer) { writer.count = INT32_MAX; });
}

TEST(RecordBatches, MayEndWhereOffsetsDo) {
  const auto batch = front_batch(batch_of(INT64_MAX - 2, {"a", "b"}).bytes());
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->next_offset, INT64_MAX);
}

TEST(RecordBatches, AreIntactOnlyAsTheyWereWritten) {
  ASSERT_EQ(crc32c("123456789"), 0xE3069283U);  // As RFC 3720 has it.
  constexpr size_t checked_from = 21;
  auto bytes = batch_of(3, {"one", "two"}).bytes();
  ASSERT_TRUE(is_intact(*front_batch(bytes)));
  for (size_t at = checked_from + 40; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
      EXPECT_FALSE(is_intact(*front_batch(bytes))) << at;
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
    }
  }
  bytes[checked_from - 1] = static_cast<char>(bytes[checked_from - 1] ^ 1);
  EXPECT_FALSE(is_intact(*front_batch(bytes)));
}

TEST(Records, MayLackKeyOrValue) {
  BatchWriter writer;
  writer.add({"v", "k", 0})
      .add({std::nullopt, "k", 1})
      .add({"v", std::nullopt, 2})
      .add({"", "", 3});
  const auto bytes = writer.bytes();
  const auto records = records_of(bytes);
  ASSERT_EQ(records.size(), 4U);
  EXPECT_EQ(records[0].key, "k");
  EXPECT_EQ(records[0].value, "v");
  EXPECT_TRUE(records[0].has_key);
  EXPECT_TRUE(records[0].has_value);
  EXPECT_FALSE(records[1].has_value);
  EXPECT_EQ(records[1].value, "");
  EXPECT_FALSE(records[2].has_key);
  EXPECT_TRUE(records[3].has_key);
  EXPECT_TRUE(records[3].has_value);
}

TEST(Records, MayHaveHeaders) {
  BatchWriter writer;
  writer.add({"a", std::nullopt, 0, 0, {{"trace", "17"}, {"empty", std::nullopt}}})
      .add({"b", {}, 1});
  const auto bytes = writer.bytes();
  const auto records = records_of(bytes);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].value, "a");
  EXPECT_EQ(records[1].value, "b");
}

TEST(Records, HaveTheTimeOfTheirProducer) {
  BatchWriter writer;
  writer.base_timestamp = 1000;
  writer.add({"a", {}, 0, 0}).add({"b", {}, 1, 70}).add({"c", {}, 2, -5});
  const auto bytes = writer.bytes();
  const auto records = records_of(bytes);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].timestamp_ms, 1000);
  EXPECT_EQ(records[1].timestamp_ms, 1070);
  EXPECT_EQ(records[2].timestamp_ms, 995);
  EXPECT_EQ(records[1].timestamp_type, 0);
}

TEST(Records, HaveTheTimeOfTheBrokerWhereItSetsIt) {
  BatchWriter writer;
  writer.attributes = BatchWriter::broker_time;
  writer.base_timestamp = 1000;
  writer.max_timestamp = 5000;
  writer.add({"a", {}, 0, 0}).add({"b", {}, 1, 70});
  const auto bytes = writer.bytes();
  for (const auto& record : records_of(bytes)) {
    EXPECT_EQ(record.timestamp_ms, 5000);
    EXPECT_EQ(record.timestamp_type, 1);
  }
}

TEST(Records, HaveAnyTimeThatAProducerMayGiveThem) {
  BatchWriter writer;
  writer.base_timestamp = INT64_MAX;
  writer.add({"a", {}, 0, INT64_MAX}).add({"b", {}, 1, INT64_MIN});
  const auto bytes = writer.bytes();
  EXPECT_EQ(records_of(bytes).size(), 2U);
}

TEST(Records, KeepTheirOffsetsWhenOthersAreCompactedAway) {
  BatchWriter writer;
  writer.first_offset = 100;
  writer.add({"a", "k", 3}).add({"b", "l", 17});
  writer.last_offset = 20;
  EXPECT_THAT(offsets_of(writer.bytes()), ElementsAre(103, 117));
  EXPECT_EQ(front_batch(writer.bytes())->next_offset, 121);
  writer.records.clear();
  writer.count = 0;
  EXPECT_THAT(offsets_of(writer.bytes()), ElementsAre());
}

TEST(Records, OutsideOfTheirBatchAreMalformed) {
  for (const int64_t offset : {int64_t{-1}, int64_t{1}, int64_t{INT32_MAX}, INT64_MAX, INT64_MIN}) {
    EXPECT_THROW(offsets_of(batch_with(WrittenRecord{"a", {}, offset}.bytes())), Malformed)
        << offset;
  }
}

TEST(Records, FewerThanTheirBatchSaysAreMalformed) {
  auto writer = batch_of(0, {"a", "b"});
  writer.count = 3;
  writer.last_offset = 2;
  EXPECT_THROW(records_of(writer.bytes()), Malformed);
}

TEST(Records, OfALengthThatCannotBeAreMalformed) {
  for (const int64_t length : {int64_t{-1}, int64_t{0}, int64_t{5}, INT64_MAX, INT64_MIN}) {
    std::string record;
    put_varint(record, length);
    EXPECT_THROW(records_of(batch_with(record + std::string(4, '\0'))), Malformed) << length;
  }
}

TEST(Records, WithAKeyOrValueBeyondTheirEndAreMalformed) {
  for (const int64_t length : {int64_t{-2}, int64_t{3}, INT64_MAX, INT64_MIN}) {
    std::string of_key(3, '\0');
    put_varint(of_key, length);
    std::string of_value(3, '\0');
    put_varint(of_value, -1);
    put_varint(of_value, length);
    for (auto body : {of_key, of_value}) {
      body += "xx";
      std::string record;
      put_varint(record, static_cast<int64_t>(body.size()));
      // What follows in the batch is not the record's.
      EXPECT_THROW(records_of(batch_with(record + body + std::string(9, 'y'))), Malformed)
          << length;
    }
  }
}

TEST(Records, WithANumberWithoutEndAreMalformed) {
  EXPECT_THROW(records_of(batch_with("")), Malformed);
  EXPECT_THROW(records_of(batch_with(std::string(3, '\xFF'))), Malformed);
  EXPECT_THROW(records_of(batch_with(std::string(40, '\xFF'))), Malformed);
  // The record ends within its timestamp, its offset, the lengths of its key and value.
  for (const size_t before : {0U, 1U, 2U, 3U}) {
    const auto body = '\0' + std::string("\0\0\1", before) + '\x80';
    std::string record;
    put_varint(record, static_cast<int64_t>(body.size()));
    EXPECT_THROW(records_of(batch_with(record + body + std::string(9, '\0'))), Malformed) << before;
  }
}

TEST(Records, CutAnywhereAreMalformed) {
  const auto whole = WrittenRecord{"value", "key", 0, 1 << 20, {{"name", "content"}}}.bytes();
  ASSERT_EQ(records_of(batch_with(whole)).size(), 1U);
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW(records_of(batch_with(whole.substr(0, size))), Malformed) << size;
}

}  // namespace
}  // namespace millrace::kafka
