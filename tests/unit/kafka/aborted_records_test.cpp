#include "plugins/kafka/direct/aborted_records.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kafka/batch_writer.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::batch_in_transaction;
using millrace::testing::batch_of;
using millrace::testing::BatchWriter;
using millrace::testing::end_of_transaction;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t one = 100;  // Producers.
constexpr int64_t two = 200;

// The offsets of the records that may be seen.
std::vector<int64_t> seen(AbortedRecords aborted, const std::vector<BatchWriter>& batches) {
  std::vector<int64_t> offsets;
  for (const auto& writer : batches) {
    const auto bytes = writer.bytes();
    const auto batch = front_batch(bytes);
    if (aborted.hides(*batch) || batch->is_control()) continue;
    RecordCursor cursor(*batch, batch->records);
    for (Record record; cursor.next(record);) offsets.push_back(record.offset);
  }
  return offsets;
}

TEST(AbortedRecords, AreHiddenUntilTheirTransactionEnds) {
  EXPECT_THAT(seen(AbortedRecords({{one, 0}}),
                   {batch_in_transaction(0, one, {"a", "b"}), batch_in_transaction(2, one, {"c"}),
                    end_of_transaction(3, one, false), batch_in_transaction(4, one, {"d"}),
                    end_of_transaction(5, one, true)}),
              ElementsAre(4));
}

TEST(AbortedRecords, AreHiddenWhereReadingBeginsAmongThem) {
  EXPECT_THAT(seen(AbortedRecords({{one, 7}}),
                   {batch_in_transaction(20, one, {"a"}), end_of_transaction(21, one, false),
                    batch_in_transaction(22, one, {"b"})}),
              ElementsAre(22));
}

TEST(AbortedRecords, DoNotHideThoseOfOthersInBetween) {
  EXPECT_THAT(
      seen(AbortedRecords({{one, 0}, {two, 4}}),
           {batch_in_transaction(0, one, {"aborted"}), batch_in_transaction(1, two, {"committed"}),
            batch_of(2, {"without"}), end_of_transaction(3, two, true),
            batch_in_transaction(4, two, {"aborted"}), batch_in_transaction(5, one, {"aborted"}),
            end_of_transaction(6, two, false), batch_in_transaction(7, two, {"committed"}),
            batch_in_transaction(8, one, {"aborted"}), end_of_transaction(9, one, false),
            batch_in_transaction(10, one, {"committed"})}),
      ElementsAre(1, 2, 7, 10));
}

TEST(AbortedRecords, AreThoseOfTransactionsInTheList) {
  EXPECT_THAT(seen(AbortedRecords(),
                   {batch_in_transaction(0, one, {"a"}), end_of_transaction(1, one, true)}),
              ElementsAre(0));
  // This one begins later.
  EXPECT_THAT(seen(AbortedRecords({{one, 5}}),
                   {batch_in_transaction(0, one, {"a"}), end_of_transaction(1, one, true),
                    batch_in_transaction(5, one, {"b"})}),
              ElementsAre(0));
}

TEST(AbortedRecords, OfOneProducerMayBeginAgain) {
  EXPECT_THAT(seen(AbortedRecords({{one, 0}, {one, 4}}),
                   {batch_in_transaction(0, one, {"a"}), end_of_transaction(1, one, false),
                    batch_in_transaction(2, one, {"b"}), end_of_transaction(3, one, true),
                    batch_in_transaction(4, one, {"c"}), end_of_transaction(5, one, false),
                    batch_in_transaction(6, one, {"d"})}),
              ElementsAre(2, 6));
}

TEST(AbortedRecords, DoNotDependOnTheOrderOfTheList) {
  const std::vector<BatchWriter> batches = {
      batch_in_transaction(0, one, {"a"}), end_of_transaction(1, one, false),
      batch_in_transaction(2, one, {"b"}), batch_in_transaction(3, two, {"c"}),
      end_of_transaction(4, one, true),    end_of_transaction(5, two, false),
      batch_in_transaction(6, one, {"d"}), end_of_transaction(7, one, false)};
  EXPECT_THAT(seen(AbortedRecords({{one, 0}, {two, 3}, {one, 6}}), batches), ElementsAre(2));
  EXPECT_THAT(seen(AbortedRecords({{one, 6}, {one, 0}, {two, 3}}), batches), ElementsAre(2));
  EXPECT_THAT(seen(AbortedRecords({{two, 3}, {one, 6}, {one, 0}}), batches), ElementsAre(2));
}

TEST(AbortedRecords, GoOnBehindAMarkThatCompactionEmptied) {
  auto mark = end_of_transaction(1, two, false);
  mark.records.clear();
  mark.count = 0;
  EXPECT_THAT(seen(AbortedRecords({{one, 0}, {two, 0}}),
                   {batch_in_transaction(0, one, {"a"}), mark, batch_in_transaction(2, one, {"b"}),
                    batch_in_transaction(3, two, {"c"})}),
              IsEmpty());
}

TEST(AbortedRecords, WithAMarkThatSaysNothingAreMalformed) {
  for (const auto size : {0U, 2U, 3U}) {
    auto mark = end_of_transaction(1, one, false);
    mark.records.clear();
    mark.count = 0;
    mark.add({std::string(6, '\0'), std::string(size, '\0')});
    EXPECT_THROW(seen(AbortedRecords({{one, 0}}), {batch_in_transaction(0, one, {"a"}), mark}),
                 Malformed);
  }
}

}  // namespace
}  // namespace millrace::kafka
