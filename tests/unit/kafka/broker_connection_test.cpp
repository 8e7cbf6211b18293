#include "plugins/kafka/direct/broker_connection.hpp"

#include <cstdint>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/kafka/direct/fetch_protocol.hpp"
#include "tests/unit/kafka/scripted_broker.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::AnswerWriter;
using millrace::testing::put_number;
using millrace::testing::ScriptedBroker;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int patience_ms = 60'000;

// Waits for the next answer.
std::string next_answer(BrokerConnection& connection) {
  while (!connection.receive()) connection.wait(patience_ms);
  return std::string(connection.answer());
}

std::string fetch_of(int32_t number) {
  return encode({"t", 0, 0, 500, 1 << 20, true}, number, "test");
}

std::string reason(const std::function<void()>& run) {
  try {
    run();
  } catch (const Disconnected& error) {
    return error.what();
  }
  return "";
}

TEST(BrokerConnections, CarryAnswersOfAnySizeInTurn) {
  ScriptedBroker broker;
  BrokerConnection connection(broker.address(), patience_ms);
  connection.send(ask_for_versions(1, "test"));
  const auto versions = next_answer(connection);
  EXPECT_EQ(number_of(versions), 1);
  EXPECT_TRUE(knows_fetch(versions));
  int32_t number = 1;
  uint64_t bytes = versions.size() + 4;
  for (const size_t size : {0U, 1000U, 40U << 20U, 10U, 3U << 20U, 0U}) {
    AnswerWriter writer;
    writer.batches = std::string(size, static_cast<char>('a' + number));
    broker.answer(writer);
    connection.send(fetch_of(++number));
    const auto answer = next_answer(connection);
    EXPECT_EQ(number_of(answer), number);
    EXPECT_TRUE(parse_fetch_answer(answer, "t", 0).batches == writer.batches) << size;
    bytes += answer.size() + 4;
  }
  EXPECT_EQ(connection.bytes_received(), bytes);
}

TEST(BrokerConnections, DoNotWaitToReceive) {
  ScriptedBroker broker;
  BrokerConnection connection(broker.address(), patience_ms);
  EXPECT_FALSE(connection.receive());
  EXPECT_FALSE(connection.wait(0));
  connection.send(fetch_of(1));
  EXPECT_FALSE(connection.receive());
  broker.answer("");
  EXPECT_EQ(number_of(next_answer(connection)), 1);
  EXPECT_FALSE(connection.receive());
}

TEST(BrokerConnections, ToNobodyFail) {
  EXPECT_THAT(reason([] {
                BrokerConnection({"127.0.0.1", 0}, patience_ms);
              }),
              HasSubstr("127.0.0.1:0: "));
  const std::string no_name(300, 'x');
  EXPECT_THAT(reason([&] {
                BrokerConnection({no_name, 9092}, patience_ms);
              }),
              HasSubstr("xxx:9092: "));
}

TEST(BrokerConnections, FailWhenTheBrokerHangsUp) {
  ScriptedBroker broker;
  BrokerConnection connection(broker.address(), patience_ms);
  broker.then([](int32_t) { return std::string("\0\0\0\7half", 8); }, true);
  connection.send(fetch_of(1));
  EXPECT_EQ(reason([&] { next_answer(connection); }), broker.address().text() + ": it hung up");
}

TEST(BrokerConnections, FailWhereAnAnswerCannotBeOne) {
  for (const int32_t length : {-1, INT32_MIN, 0, 3, INT32_MAX}) {
    ScriptedBroker broker;
    BrokerConnection connection(broker.address(), patience_ms);
    broker.then([=](int32_t) {
      std::string bytes;
      put_number(bytes, length);
      return bytes;
    });
    connection.send(fetch_of(1));
    EXPECT_THAT(reason([&] { next_answer(connection); }),
                AllOf(HasSubstr("an answer of " + std::to_string(length) + " bytes"),
                      HasSubstr("without TLS?")));
  }
}

}  // namespace
}  // namespace millrace::kafka
