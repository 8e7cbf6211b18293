#pragma once
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/kafka_bootstrap.hpp"
#include "tests/support/kafka_tool/client.hpp"
#include "tests/unit/kafka/source_driver.hpp"

namespace millrace::kafka {

// A topic of its own for each test, on the broker that all of them share.
class RealKafka : public ::testing::Test {
 protected:
  RealKafka() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    topic = std::string(test->test_suite_name()) + "." + test->name() + "." + settings.fetcher;
    // A broker that outlived a test run may know the topic already.
    try {
      kafka_tool::delete_topic(brokers, topic);
    } catch (const kafka_tool::Failure&) {
    }
    settings.bootstrap_servers = brokers;
    settings.subscribe = {topic};
    settings.starting_offsets = "earliest";
  }
  void create(int partitions) { kafka_tool::create_topic(brokers, topic, partitions, {}); }
  // Lets the source look for new topics and partitions again.
  void pass_time() { host.now_us += 2'000'000; }
  void put_numbers(int32_t partition, int from, int to) {
    kafka_tool::Producer producer(brokers, {});
    for (int i = from; i < to; ++i) producer.send(topic, "", std::to_string(i), partition);
    producer.finish();
  }
  static Error failure(const std::function<void()>& run) {
    try {
      run();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing failed";
    return Error::internal("");
  }

  std::string brokers = test::kafka_bootstrap();
  std::string topic;
  millrace::testing::ThreadedHost host;
  SourceSettings settings = millrace::testing::source_settings();
};

}  // namespace millrace::kafka
