#include "plugins/kafka/direct/fetch_protocol.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kafka/answer_writer.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::AnswerWriter;
using millrace::testing::batch_of;
using millrace::testing::put_number;
using millrace::testing::put_text;
using millrace::testing::versions_answer;
using ::testing::HasSubstr;

AnswerWriter good_answer() {
  AnswerWriter writer;
  writer.aborted = {{17, 40}, {18, 50}};
  writer.batches = batch_of(3, {"a", "b"}).bytes();
  return writer;
}

std::string reason_of(const AnswerWriter& writer) {
  try {
    parse_fetch_answer(writer.bytes(), "t", 0);
  } catch (const Malformed& reason) {
    return reason.what();
  }
  return "";
}

TEST(FetchRequests, AskForOnePartition) {
  const FetchRequest request{"views", 3, 70, 500, 1000, true};
  std::string expected;
  put_number(expected, int16_t{1});
  put_number(expected, int16_t{11});
  put_number(expected, int32_t{9});
  put_text(expected, "us");
  put_number(expected, int32_t{-1});
  put_number(expected, int32_t{500});
  put_number(expected, int32_t{1});
  put_number(expected, int32_t{1000});
  put_number(expected, int8_t{1});
  put_number(expected, int32_t{0});
  put_number(expected, int32_t{-1});
  put_number(expected, int32_t{1});
  put_text(expected, "views");
  put_number(expected, int32_t{1});
  put_number(expected, int32_t{3});
  put_number(expected, int32_t{-1});
  put_number(expected, int64_t{70});
  put_number(expected, int64_t{-1});
  put_number(expected, int32_t{1000});
  put_number(expected, int32_t{0});
  put_text(expected, "");
  std::string framed;
  put_number(framed, static_cast<int32_t>(expected.size()));
  EXPECT_EQ(encode(request, 9, "us"), framed + expected);
}

TEST(FetchRequests, AskForVersionsFirst) {
  std::string expected;
  put_number(expected, int32_t{12});
  put_number(expected, int16_t{18});
  put_number(expected, int16_t{0});
  put_number(expected, int32_t{5});
  put_text(expected, "us");
  EXPECT_EQ(ask_for_versions(5, "us"), expected);
}

TEST(FetchAnswers, SayWhatThereIs) {
  const auto writer = good_answer();
  const auto bytes = writer.bytes();
  EXPECT_EQ(number_of(bytes), 7);
  const auto answer = parse_fetch_answer(bytes, "t", 0);
  EXPECT_EQ(answer.error, 0);
  EXPECT_EQ(answer.high_watermark, 1000);
  EXPECT_EQ(answer.last_stable_offset, 900);
  ASSERT_EQ(answer.aborted.size(), 2U);
  EXPECT_EQ(answer.aborted[0].producer, 17);
  EXPECT_EQ(answer.aborted[0].first_offset, 40);
  EXPECT_EQ(answer.aborted[1].producer, 18);
  EXPECT_EQ(answer.batches, writer.batches);
}

TEST(FetchAnswers, MayHaveNoBatches) {
  EXPECT_EQ(parse_fetch_answer(AnswerWriter().bytes(), "t", 0).batches, "");
  auto none = AnswerWriter().bytes();
  none.resize(none.size() - sizeof(int32_t));
  put_number(none, int32_t{-1});
  EXPECT_EQ(parse_fetch_answer(none, "t", 0).batches, "");
}

TEST(FetchAnswers, MayHaveNoListOfAbortedTransactions) {
  AnswerWriter writer;
  writer.aborted_more = -1;  // As the broker says it to readers of everything.
  EXPECT_TRUE(parse_fetch_answer(writer.bytes(), "t", 0).aborted.empty());
}

TEST(FetchAnswers, MayBeErrors) {
  auto of_partition = good_answer();
  of_partition.error_of_partition = 6;
  EXPECT_EQ(parse_fetch_answer(of_partition.bytes(), "t", 0).error, 6);
  AnswerWriter of_all;
  of_all.error = 70;
  of_all.topics = 0;
  EXPECT_EQ(parse_fetch_answer(of_all.bytes(), "t", 0).error, 70);
}

TEST(FetchAnswers, AboutAnotherPartitionAreMalformed) {
  auto writer = good_answer();
  writer.topic = "u";
  EXPECT_THAT(reason_of(writer), HasSubstr("another topic"));
  writer = good_answer();
  writer.partition = 1;
  EXPECT_THAT(reason_of(writer), HasSubstr("another partition"));
}

TEST(FetchAnswers, AboutSeveralPartitionsOrNoneAreMalformed) {
  for (const int32_t count : {2, 5}) {
    auto writer = good_answer();
    writer.topics = count;
    EXPECT_THAT(reason_of(writer), HasSubstr("topics and not one")) << count;
  }
  for (const int32_t count : {0, 2, 5, -1}) {
    auto writer = good_answer();
    writer.partitions = count;
    EXPECT_THAT(reason_of(writer), HasSubstr("partitions and not one")) << count;
  }
}

TEST(FetchAnswers, WithListsLongerThanThemselvesAreMalformed) {
  for (const int32_t count : {INT32_MAX, INT32_MIN, -2}) {
    auto writer = good_answer();
    writer.topics = count;
    EXPECT_NE(reason_of(writer), "") << count;
    writer = good_answer();
    writer.partitions = count;
    EXPECT_NE(reason_of(writer), "") << count;
  }
  for (const int32_t more : {100, INT32_MAX - 2, -4}) {
    auto writer = good_answer();
    writer.aborted_more = more;
    EXPECT_NE(reason_of(writer), "") << more;
  }
}

TEST(FetchAnswers, CutAnywhereAreMalformed) {
  const auto whole = good_answer().bytes();
  for (size_t size = 0; size < whole.size(); ++size) {
    // Of its own, so that reading too far shows.
    const std::vector<char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_THROW(parse_fetch_answer({part.data(), part.size()}, "t", 0), Malformed) << size;
  }
  EXPECT_THROW(number_of("abc"), Malformed);
}

TEST(FetchAnswers, WithNegativeLengthsAreMalformed) {
  auto bytes = AnswerWriter().bytes();
  bytes.resize(bytes.size() - sizeof(int32_t));
  put_number(bytes, int32_t{-2});
  EXPECT_THROW(parse_fetch_answer(bytes, "t", 0), Malformed);
  constexpr size_t length_of_topic_at = 18;
  bytes = AnswerWriter().bytes();
  bytes[length_of_topic_at] = '\xFF';
  EXPECT_THROW(parse_fetch_answer(bytes, "t", 0), Malformed);
}

TEST(BrokerVersions, TellWhetherFetchIsUnderstood) {
  EXPECT_TRUE(knows_fetch(versions_answer(1, 0, 11)));
  EXPECT_TRUE(knows_fetch(versions_answer(1, 4, 17)));
  EXPECT_FALSE(knows_fetch(versions_answer(1, 0, 10)));
  EXPECT_FALSE(knows_fetch(versions_answer(1, 12, 17)));
}

TEST(BrokerVersions, WithoutFetchOrWithAnErrorDoNot) {
  std::string without;
  put_number(without, int32_t{1});
  put_number(without, int16_t{0});
  put_number(without, int32_t{0});
  EXPECT_FALSE(knows_fetch(without));
  std::string error;
  put_number(error, int32_t{1});
  put_number(error, int16_t{35});
  EXPECT_FALSE(knows_fetch(error));
}

TEST(BrokerVersions, CutBeforeFetchAreMalformed) {
  const auto whole = versions_answer(1, 0, 11);
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW(knows_fetch(std::string_view(whole).substr(0, size)), Malformed) << size;
}

}  // namespace
}  // namespace millrace::kafka
