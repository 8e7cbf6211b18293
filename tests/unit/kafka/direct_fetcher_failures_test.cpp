// What a direct fetcher makes of brokers that fail, lie or are too old. Its broker follows a
// script.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/kafka/direct/direct_fetcher.hpp"
#include "plugins/kafka/direct/wire.hpp"
#include "tests/unit/kafka/direct_fetching.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::AnswerWriter;
using millrace::testing::batch_of;
using millrace::testing::BatchWriter;
using millrace::testing::put_number;
using millrace::testing::ScriptedBroker;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class FailedReading : public millrace::testing::DirectFetching {
 protected:
  FailedReading() { fetcher().seek(0); }
  // A good answer follows what went before.
  void expect_to_go_on() {
    broker.answer(batch_of(0, {"a", "b"}).bytes());
    EXPECT_THAT(read(2), ElementsAre("a", "b"));
  }
  // Fetching fails by a retryable error that says where.
  std::string reason() {
    const auto error = failure([&] { fetch(9); });
    EXPECT_EQ(error.blame, Blame::external);
    EXPECT_EQ(error.retry, Retry::with_backoff);
    EXPECT_THAT(error.what(), HasSubstr("Kafka at " + broker.address().text()));
    EXPECT_THAT(error.what(), HasSubstr("t/0"));
    return error.what();
  }
  AnswerWriter error_of_partition(int16_t code) {
    AnswerWriter writer;
    writer.error_of_partition = code;
    return writer;
  }
};

// With a value that is not the one that the checksum is of.
std::string damaged_batch(int64_t offset) {
  auto bytes = batch_of(offset, {"damaged"}).bytes();
  bytes[bytes.size() - 3] = 'D';
  return bytes;
}

TEST_F(FailedReading, GoesOnWhenABrokerHangsUp) {
  broker.then([](int32_t) { return ""; }, true);
  expect_to_go_on();
  EXPECT_THAT(asked(2), ElementsAre(0, 0));
}

TEST_F(FailedReading, GoesOnWhenABrokerHangsUpWithinAnAnswer) {
  AnswerWriter writer;
  writer.batches = batch_of(0, {"a", "b"}).bytes();
  const auto whole = ScriptedBroker::framed(writer.bytes());
  for (const size_t size : {size_t{2}, size_t{4}, size_t{9}, whole.size() - 1})
    broker.then([=](int32_t) { return whole.substr(0, size); }, true);
  expect_to_go_on();
  EXPECT_THAT(asked(5), ElementsAre(0, 0, 0, 0, 0));
}

TEST_F(FailedReading, GoesOnWhereItWasWhenABrokerHangsUpLater) {
  broker.answer(batch_of(0, {"a"}).bytes());
  EXPECT_THAT(read(1), ElementsAre("a"));
  broker.then([](int32_t) { return ""; }, true);
  broker.answer(batch_of(1, {"b"}).bytes());
  EXPECT_THAT(read(2), ElementsAre("b"));
  EXPECT_THAT(asked(3), ElementsAre(0, 1, 1));
}

TEST_F(FailedReading, GoesOnWhenABrokerSendsSomethingElse) {
  broker.then([](int32_t) { return "HTTP/1.1 400 Bad Request\r\n\r\n"; }, true);
  broker.then([](int32_t) { return std::string(40, '\0'); });
  broker.then([](int32_t) { return std::string(40, '\xFF'); });
  expect_to_go_on();
}

TEST_F(FailedReading, GoesOnWhenABrokerDoesNotSayItsVersions) {
  std::atomic<int> times = 0;
  broker.say_of_versions([&](int32_t number) {
    switch (++times) {
      case 1:
        return std::string();
      case 2:
        return ScriptedBroker::framed("what?");
      case 3:
        return std::string(8, '\xFF');
      default:
        return ScriptedBroker::framed(millrace::testing::versions_answer(number, 0, 11));
    }
  });
  expect_to_go_on();
  EXPECT_EQ(times, 4);
}

TEST_F(FailedReading, GoesOnWhenNobodyLeadsForAWhile) {
  int times = 0;
  leader = [&] {
    if (++times < 3) throw Error::external("nobody leads");
    return broker.address();
  };
  EXPECT_EQ(fetch_without_waiting(2), Fetch::idle);
  expect_to_go_on();
  EXPECT_EQ(times, 3);
}

TEST_F(FailedReading, GoesOnWhenNobodyIsThereForAWhile) {
  int times = 0;
  leader = [&] { return ++times < 3 ? Address{"127.0.0.1", 0} : broker.address(); };
  EXPECT_EQ(fetch_without_waiting(2), Fetch::idle);
  expect_to_go_on();
}

TEST_F(FailedReading, PassesOnThatTheConfigurationIsWrong) {
  leader = []() -> Address { throw Error::user("no such partition"); };
  EXPECT_EQ(failure([&] { fetch(2); }).blame, Blame::user);
}

TEST_F(FailedReading, AsksWhoLeadsAgainWhenItIsAnother) {
  int times = 0;
  leader = [&] {
    ++times;
    return broker.address();
  };
  for (const int code : {3, 5, 6, 74, 75, -1})
    broker.answer(error_of_partition(static_cast<int16_t>(code)));
  expect_to_go_on();
  EXPECT_EQ(times, 7);
}

TEST_F(FailedReading, SaysWhatTheBrokerRefuses) {
  broker.answer(error_of_partition(29));  // The topic is not for us.
  const auto error = failure([&] { fetch(2); });
  EXPECT_EQ(error.blame, Blame::user);
  EXPECT_THAT(error.what(), HasSubstr("cannot read t/0 at offset 0"));
  AnswerWriter of_all;
  of_all.error = 87;  // The record is invalid.
  broker.answer(of_all);
  EXPECT_THAT(reason(), HasSubstr("cannot read t/0 at offset 0"));
  expect_to_go_on();
}

TEST_F(FailedReading, SaysWhereAChecksumDoesNotHold) {
  broker.answer(batch_of(0, {"a"}).bytes() + damaged_batch(1));
  EXPECT_THAT(reason(), AllOf(HasSubstr("from offset 1 on"),
                              HasSubstr("the batch at offset 1 does not hold")));
  EXPECT_THAT(values(), ElementsAre("a"));
  broker.answer(batch_of(1, {"b"}).bytes());
  EXPECT_THAT(read(2), ElementsAre("b"));
  // What follows the first answer may have been asked for, too.
  EXPECT_THAT(broker.asked(), Contains(1));
}

TEST_F(FailedReading, SaysThatAnAnswerIsAboutSomethingElse) {
  AnswerWriter writer;
  writer.topic = "u";
  broker.answer(writer);
  EXPECT_THAT(reason(), HasSubstr("it is about another topic"));
  writer.topic = "t";
  writer.partition = 1;
  broker.answer(writer);
  EXPECT_THAT(reason(), HasSubstr("it is about another partition"));
  broker.then([](int32_t number) {
    AnswerWriter other;
    other.number = number + 1;
    return ScriptedBroker::framed(other.bytes());
  });
  EXPECT_THAT(reason(), HasSubstr("it is to another question"));
  expect_to_go_on();
}

TEST_F(FailedReading, SaysThatAnAnswerIsCutShort) {
  broker.then([](int32_t number) {
    AnswerWriter writer;
    writer.number = number;
    writer.batches = batch_of(0, {"a"}).bytes();
    const auto bytes = writer.bytes();
    return ScriptedBroker::framed(bytes.substr(0, bytes.size() - 1));
  });
  EXPECT_THAT(reason(), HasSubstr("it ends too early"));
  expect_to_go_on();
}

TEST_F(FailedReading, SaysThatThereIsNoWholeBatch) {
  const auto bytes = batch_of(0, {"a"}).bytes();
  broker.answer(bytes.substr(0, bytes.size() - 1));
  EXPECT_THAT(reason(), HasSubstr("no whole batch"));
  expect_to_go_on();
}

TEST_F(FailedReading, SaysThatRecordsCannotBe) {
  BatchWriter beyond;  // Reading would go on behind the answer that it is in.
  beyond.add({"a", {}, 1'000'000});
  beyond.last_offset = 0;
  broker.answer(beyond.bytes());
  EXPECT_THAT(reason(), HasSubstr("not among its batch's offsets"));
  BatchWriter packed = batch_of(0, {"a"});
  packed.attributes = static_cast<int16_t>(Codec::zstd);
  broker.answer(packed.bytes());
  EXPECT_THAT(reason(), HasSubstr("cannot be unpacked by zstd"));
  auto unknown = batch_of(0, {"a"});
  unknown.format = 3;
  broker.answer(unknown.bytes());
  EXPECT_THAT(reason(), HasSubstr("unknown format"));
  expect_to_go_on();
}

TEST_F(FailedReading, IsToldOfWhenItHappenedInTheBackground) {
  EXPECT_EQ(fetcher().arrived(), 0);
  AnswerWriter writer;
  writer.topic = "u";
  broker.answer(writer);
  ASSERT_TRUE(host.input_arrives());
  EXPECT_THAT(reason(), HasSubstr("it is about another topic"));
  expect_to_go_on();
}

TEST_F(FailedReading, GoesOnWhenABrokerHangsUpInTheBackground) {
  EXPECT_EQ(fetcher().arrived(), 0);
  broker.then([](int32_t) { return ""; }, true);
  ASSERT_TRUE(host.input_arrives());
  expect_to_go_on();
}

TEST_F(FailedReading, LeavesOldBrokersToOthers) {
  broker.know(0, 10);
  EXPECT_THROW(fetch(2), Unsupported);
  EXPECT_EQ(fetcher().position(), 0);
}

TEST_F(FailedReading, LeavesOldBatchesToOthers) {
  auto old = batch_of(1, {"old"});
  old.format = 1;
  broker.answer(old.bytes());
  EXPECT_THROW(fetch(2), Unsupported);
  broker.answer(old.bytes());
  EXPECT_THROW(fetch(2), Unsupported);
  EXPECT_EQ(fetcher().position(), 0);
}

TEST_F(FailedReading, LeavesUnknownCodecsToOthersWhereTheyBegin) {
  auto strange = batch_of(2, {"strange"});
  strange.attributes = 5;
  broker.answer(batch_of(0, {"a", "b"}).bytes() + strange.bytes());
  EXPECT_THROW(fetch(3), Unsupported);
  EXPECT_EQ(fetcher().position(), 2);
  EXPECT_THAT(values(), ElementsAre("a", "b"));
}

TEST_F(FailedReading, LeavesWhatTheBrokerCannotSendToOthers) {
  broker.answer(error_of_partition(76));  // Its records are packed in a way that is too new for us.
  EXPECT_THROW(fetch(2), Unsupported);
}

class UncheckedReading : public millrace::testing::DirectFetching {};

TEST_F(UncheckedReading, TakesABatchWhoseChecksumDoesNotHold) {
  settings.check_crcs = false;
  fetcher().seek(0);
  broker.answer(damaged_batch(0));
  EXPECT_THAT(read(1), SizeIs(1));
}

}  // namespace
}  // namespace millrace::kafka
