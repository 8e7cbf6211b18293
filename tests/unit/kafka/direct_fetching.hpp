#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "millrace/error.hpp"

#include "plugins/kafka/direct/direct_fetcher.hpp"
#include "tests/unit/kafka/scripted_broker.hpp"
#include "tests/unit/kafka/threaded_host.hpp"

namespace millrace::testing {

// Partition 0 of topic "t", read directly from a broker that follows a script.
class DirectFetching : public ::testing::Test {
 protected:
  DirectFetching() { settings.client_id = "test"; }

  // Made when it is first wanted, by the settings of then.
  kafka::DirectFetcher& fetcher() {
    if (!fetcher_) {
      kafka::DirectParts parts{settings, watch, std::make_shared<kafka::ClientLog>(host.context()),
                               [this](const auto&) { return leader(); }};
      fetcher_ =
          std::make_unique<kafka::DirectFetcher>(std::move(parts), kafka::TopicPartition{"t", 0});
    }
    return *fetcher_;
  }
  // As long as it takes.
  kafka::Fetch fetch(int64_t end) { return fetcher().fetch(end, patience_us, rows); }
  kafka::Fetch fetch_without_waiting(int64_t end) { return fetcher().fetch(end, 0, rows); }
  // The values of the rows so far.
  std::vector<std::string> values() {
    std::vector<std::string> all;
    const auto batch = rows.take();
    for (int64_t i = 0; i < batch.size(); ++i) all.emplace_back(batch.column(0).text(i));
    return all;
  }
  // The values of all records before `end`.
  std::vector<std::string> read(int64_t end) {
    std::vector<std::string> all;
    for (;;) {
      const auto result = fetch(end);
      if (result == kafka::Fetch::end) return all;
      EXPECT_EQ(result, kafka::Fetch::rows);
      if (result != kafka::Fetch::rows) return all;
      for (auto& value : values()) all.push_back(std::move(value));
    }
  }
  Error failure(const std::function<void()>& run) {
    try {
      run();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing failed";
    return Error::internal("");
  }
  // The first of the offsets that the broker was asked for.
  std::vector<int64_t> asked(size_t count) {
    auto offsets = broker.asked();
    if (offsets.size() > count) offsets.resize(count);
    return offsets;
  }

  static constexpr int64_t patience_us = 60'000'000;
  ThreadedHost host;
  ScriptedBroker broker;
  std::function<kafka::Address()> leader = [this] { return broker.address(); };
  kafka::DirectSettings settings;
  std::shared_ptr<kafka::ArrivalWatch> watch = std::make_shared<kafka::ArrivalWatch>();
  kafka::RecordRows rows{{0}, "t", 0};

 private:
  std::unique_ptr<kafka::DirectFetcher> fetcher_;
};

}  // namespace millrace::testing
