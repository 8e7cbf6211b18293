// What a direct fetcher makes of good answers. Its broker follows a script.
#include "plugins/kafka/direct/direct_fetcher.hpp"

#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kafka/direct_fetching.hpp"
#include "tests/unit/kafka/packing.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::AnswerWriter;
using millrace::testing::batch_in_transaction;
using millrace::testing::batch_of;
using millrace::testing::BatchWriter;
using millrace::testing::end_of_transaction;
using millrace::testing::packed;
using millrace::testing::ScriptedBroker;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class DirectReading : public millrace::testing::DirectFetching {};

// Of a compacted log: records at 103 and 117, nothing else before 121.
BatchWriter compacted() {
  BatchWriter batch;
  batch.first_offset = 100;
  batch.add({"a", "k", 3}).add({"b", "l", 17});
  batch.last_offset = 20;
  return batch;
}

TEST_F(DirectReading, HandsRecordsOutUpToTheEnd) {
  fetcher().seek(0);
  EXPECT_EQ(fetcher().position(), 0);
  broker.answer(batch_of(0, {"a", "b"}).bytes() + batch_of(2, {"c"}).bytes());
  EXPECT_EQ(fetch(1), Fetch::rows);
  EXPECT_THAT(values(), ElementsAre("a"));
  EXPECT_EQ(fetcher().position(), 1);
  EXPECT_EQ(fetch_without_waiting(1), Fetch::end);
  EXPECT_EQ(fetch_without_waiting(3), Fetch::rows);
  EXPECT_THAT(values(), ElementsAre("b", "c"));
  broker.answer(batch_of(3, {"d"}).bytes());
  EXPECT_THAT(read(4), ElementsAre("d"));
  EXPECT_THAT(asked(2), ElementsAre(0, 3));
  EXPECT_EQ(fetcher().log_end(), 900);
}

TEST_F(DirectReading, WaitsNoLongerThanTold) {
  fetcher().seek(7);
  EXPECT_EQ(fetch_without_waiting(8), Fetch::idle);
  EXPECT_EQ(fetcher().fetch(8, 1, rows), Fetch::idle);
  EXPECT_EQ(fetcher().position(), 7);
  EXPECT_EQ(fetcher().arrived(), 7);
  EXPECT_EQ(fetch_without_waiting(7), Fetch::end);
}

TEST_F(DirectReading, HandsOutTheRestOfABatchThatBeginsBefore) {
  fetcher().seek(2);
  broker.answer(batch_of(0, {"a", "b", "c", "d"}).bytes());
  EXPECT_THAT(read(4), ElementsAre("c", "d"));
}

TEST_F(DirectReading, AsksAgainForABatchThatIsCut) {
  fetcher().seek(0);
  const auto second = batch_of(1, {"b"}).bytes();
  broker.answer(batch_of(0, {"a"}).bytes() + second.substr(0, second.size() - 1));
  broker.answer(second);
  EXPECT_THAT(read(2), ElementsAre("a", "b"));
  EXPECT_THAT(asked(2), ElementsAre(0, 1));
}

TEST_F(DirectReading, UnpacksRecords) {
  fetcher().seek(0);
  int64_t offset = 0;
  for (const auto codec : {Codec::none, Codec::gzip, Codec::snappy, Codec::lz4, Codec::zstd}) {
    broker.answer(packed(batch_of(offset, {"a", std::string(100'000, 'b')}), codec).bytes());
    offset += 2;
    EXPECT_THAT(read(offset), ElementsAre("a", SizeIs(100'000)));
  }
}

TEST_F(DirectReading, WaitsForAllPiecesOfAnAnswer) {
  AnswerWriter writer;
  writer.batches = batch_of(0, {"a", "b", "c"}).bytes();
  const auto by_number = [writer](int32_t number) mutable {
    writer.number = number;
    return ScriptedBroker::framed(writer.bytes());
  };
  fetcher().seek(0);
  broker.then(by_number, false, true);
  EXPECT_THAT(read(3), ElementsAre("a", "b", "c"));
  EXPECT_THAT(asked(1), ElementsAre(0));
}

TEST_F(DirectReading, StopsWhereRowsAreFull) {
  fetcher().seek(0);
  const std::string large(1 << 20, 'x');
  broker.answer(batch_of(0, {large, large, large, large, "small"}).bytes(), 5);
  EXPECT_EQ(fetch(5), Fetch::rows);
  EXPECT_THAT(values(), AllOf(SizeIs(4), Each(large)));
  EXPECT_EQ(fetcher().arrived(), 5);
  EXPECT_EQ(fetch(5), Fetch::rows);
  EXPECT_THAT(values(), ElementsAre("small"));
}

TEST_F(DirectReading, ReadsNothingOfAnAnswerThatTheNextOneReplaces) {
  const std::string large(5 << 20, 'x');
  BatchWriter batch;  // Has more records than offsets from the first on.
  batch.add({large, {}, 1}).add({"again", {}, 1});
  fetcher().seek(0);
  broker.answer(batch.bytes());
  EXPECT_EQ(fetch(3), Fetch::rows);
  EXPECT_THAT(values(), ElementsAre(large));
  EXPECT_EQ(fetcher().arrived(), 2);
  broker.answer(batch_of(2, {large + large}).bytes());
  ASSERT_TRUE(host.input_arrives());
  EXPECT_THAT(read(3), ElementsAre(large + large));
}

TEST_F(DirectReading, GoesToAnEndThatLiesInAGap) {
  fetcher().seek(100);
  broker.answer(compacted().bytes(), 121);
  EXPECT_EQ(fetch(110), Fetch::rows);
  EXPECT_THAT(values(), ElementsAre("a"));
  EXPECT_EQ(fetcher().position(), 110);
  EXPECT_EQ(fetcher().arrived(), 121);
  EXPECT_EQ(fetch_without_waiting(117), Fetch::end);
  EXPECT_EQ(fetcher().position(), 117);
  EXPECT_EQ(fetch_without_waiting(121), Fetch::rows);
  EXPECT_THAT(values(), ElementsAre("b"));
  EXPECT_EQ(fetcher().position(), 121);
}

TEST_F(DirectReading, GoesBackIntoAGapWithoutFetchingAgain) {
  fetcher().seek(100);
  broker.answer(compacted().bytes());
  EXPECT_EQ(fetch(110), Fetch::rows);
  fetcher().seek(106);
  EXPECT_EQ(fetch_without_waiting(121), Fetch::rows);
  EXPECT_THAT(values(), ElementsAre("a", "b"));
}

TEST_F(DirectReading, FetchesFromAnotherPlaceWhenToldTo) {
  fetcher().seek(0);
  broker.answer(batch_of(0, {"a", "b"}).bytes());
  EXPECT_THAT(read(1), ElementsAre("a"));
  fetcher().seek(50);
  broker.answer(batch_of(50, {"c"}).bytes());
  EXPECT_THAT(read(51), ElementsAre("c"));
  EXPECT_EQ(fetcher().position(), 51);
}

TEST_F(DirectReading, HidesRecordsOfAbortedTransactions) {
  AnswerWriter writer;
  writer.aborted = {{1, 0}};
  writer.batches = batch_in_transaction(0, 1, {"aborted"}).bytes() +
                   batch_in_transaction(1, 2, {"committed"}).bytes() +
                   end_of_transaction(2, 1, false).bytes() +
                   batch_in_transaction(3, 1, {"later"}).bytes() +
                   end_of_transaction(4, 2, true).bytes() + end_of_transaction(5, 1, true).bytes();
  fetcher().seek(0);
  broker.answer(writer);
  EXPECT_THAT(read(6), ElementsAre("committed", "later"));
  EXPECT_EQ(fetcher().position(), 6);
}

TEST_F(DirectReading, ComesToAnEndBehindAbortedTransactions) {
  AnswerWriter writer;
  writer.aborted = {{1, 0}};
  writer.batches =
      batch_in_transaction(0, 1, {"a", "b"}).bytes() + end_of_transaction(2, 1, false).bytes();
  fetcher().seek(0);
  broker.answer(writer);
  EXPECT_EQ(fetch(3), Fetch::end);
  EXPECT_EQ(fetcher().position(), 3);
  EXPECT_TRUE(rows.empty());
}

TEST_F(DirectReading, ShowsUncommittedRecordsWhereWanted) {
  settings.committed_only = false;
  fetcher().seek(0);
  broker.answer(batch_in_transaction(0, 1, {"aborted"}).bytes() +
                end_of_transaction(1, 1, false).bytes() + batch_of(2, {"b"}).bytes());
  EXPECT_THAT(read(3), ElementsAre("aborted", "b"));
  EXPECT_EQ(fetcher().log_end(), 1000);
}

TEST_F(DirectReading, TellsTheEngineOfWhatArrives) {
  fetcher().seek(0);
  EXPECT_EQ(fetcher().arrived(), 0);
  broker.answer("", 0);
  broker.answer(batch_of(0, {"a", "b"}).bytes(), 2);
  ASSERT_TRUE(host.input_arrives());
  EXPECT_EQ(fetcher().arrived(), 2);
  EXPECT_EQ(fetch_without_waiting(2), Fetch::rows);
  EXPECT_THAT(values(), ElementsAre("a", "b"));
  EXPECT_EQ(fetcher().arrived(), 2);
  broker.answer(batch_of(2, {"c"}).bytes(), 3);
  ASSERT_TRUE(host.input_arrives());
  EXPECT_EQ(fetcher().arrived(), 3);
}

TEST_F(DirectReading, TellsOfWhatComesAtOnceTooWhereTheBrokerHasMore) {
  fetcher().seek(0);
  EXPECT_EQ(fetcher().arrived(), 0);
  broker.answer(batch_of(0, {"a", "b"}).bytes(), 5);
  ASSERT_TRUE(host.input_arrives());
  EXPECT_EQ(fetcher().arrived(), 5);
  broker.answer(batch_of(2, {"c", "d"}).bytes(), 900);
  EXPECT_THAT(read(4), ElementsAre("a", "b", "c", "d"));
  broker.answer(batch_of(4, {"e"}).bytes(), 900);
  while (fetcher().arrived() == 4) ASSERT_TRUE(host.input_arrives());
  EXPECT_EQ(fetcher().arrived(), 8);  // As much as a few answers like that hold.
}

TEST_F(DirectReading, TellsTheEngineOfWhatArrivesWhileItIsBusy) {
  bool is_up = false;
  leader = [&] {
    if (!is_up) {
      is_up = true;
      throw Error::external("nobody leads");
    }
    // The fetcher cannot be looked into now; there is something to do even so.
    EXPECT_TRUE(host.input_arrives());
    return broker.address();
  };
  fetcher().seek(0);
  EXPECT_EQ(fetcher().arrived(), 0);
  broker.answer(batch_of(0, {"a"}).bytes());
  EXPECT_THAT(read(1), ElementsAre("a"));
}

TEST_F(DirectReading, IsLostOutOfRangeUntilItSeeks) {
  AnswerWriter writer;
  writer.error_of_partition = 1;  // The offset is out of range.
  fetcher().seek(5);
  broker.answer(writer);
  EXPECT_EQ(fetch(8), Fetch::out_of_range);
  EXPECT_TRUE(fetcher().is_lost());
  EXPECT_EQ(fetch(8), Fetch::out_of_range);
  EXPECT_EQ(fetcher().arrived(), 5);
  fetcher().seek(5);
  EXPECT_FALSE(fetcher().is_lost());
  broker.answer(batch_of(5, {"a"}).bytes());
  EXPECT_EQ(fetch(6), Fetch::rows);
}

TEST_F(DirectReading, TellsTheEngineThatItIsLost) {
  AnswerWriter writer;
  writer.error_of_partition = 1;
  fetcher().seek(5);
  EXPECT_EQ(fetcher().arrived(), 5);
  broker.answer(writer);
  ASSERT_TRUE(host.input_arrives());
  EXPECT_TRUE(fetcher().is_lost());
}

}  // namespace
}  // namespace millrace::kafka
