#include "plugins/kafka/fallback_fetcher.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/error.hpp"

#include "plugins/kafka/direct/wire.hpp"
#include "tests/unit/kafka/threaded_host.hpp"

namespace millrace::kafka {
namespace {

using ::testing::ElementsAre;

// Hands out records, whose values are their offsets and a letter, up to where it must give up.
class LetteredFetcher final : public Fetcher {
 public:
  LetteredFetcher(char letter, int64_t gives_up_at) : letter_(letter), gives_up_at_(gives_up_at) {}

  int64_t position() const override { return position_; }
  void seek(int64_t offset) override { position_ = offset; }
  int64_t arrived() override {
    check();
    return position_ + 1;
  }
  int64_t log_end() const override { return letter_; }
  bool is_lost() const override { return position_ < 0; }
  Fetch fetch(int64_t end, int64_t, RecordRows& rows) override {
    for (; position_ < end; ++position_) {
      check();
      const auto value = std::to_string(position_) + letter_;
      Record record;
      record.value = value;
      record.offset = position_;
      rows.append(record);
    }
    return rows.empty() ? Fetch::end : Fetch::rows;
  }

 private:
  void check() const {
    if (position_ >= gives_up_at_) throw Unsupported("no more");
  }

  char letter_;
  int64_t gives_up_at_;
  int64_t position_ = -1;
};

class FallbackFetchers : public ::testing::Test {
 protected:
  FallbackFetcher make(int64_t first_gives_up_at, int64_t second_gives_up_at = INT64_MAX) {
    return {std::make_unique<LetteredFetcher>('a', first_gives_up_at),
            [this, second_gives_up_at] {
              ++made;
              return std::make_unique<LetteredFetcher>('b', second_gives_up_at);
            },
            host.context()};
  }
  std::vector<std::string> values() {
    std::vector<std::string> all;
    const auto batch = rows.take();
    for (int64_t i = 0; i < batch.size(); ++i) all.emplace_back(batch.column(0).text(i));
    return all;
  }

  millrace::testing::ThreadedHost host;
  RecordRows rows{{0}, "views", 0};
  int made = 0;
};

TEST_F(FallbackFetchers, StayWithTheFirstWhileItReads) {
  auto fetcher = make(INT64_MAX);
  fetcher.seek(5);
  EXPECT_EQ(fetcher.arrived(), 6);
  EXPECT_EQ(fetcher.fetch(7, 0, rows), Fetch::rows);
  EXPECT_THAT(values(), ElementsAre("5a", "6a"));
  EXPECT_EQ(fetcher.fetch(7, 0, rows), Fetch::end);
  EXPECT_EQ(fetcher.position(), 7);
  EXPECT_EQ(fetcher.log_end(), 'a');
  EXPECT_EQ(made, 0);
}

TEST_F(FallbackFetchers, GoOnByTheSecondWhereTheFirstStood) {
  auto fetcher = make(5);
  fetcher.seek(3);
  EXPECT_EQ(fetcher.fetch(8, 0, rows), Fetch::rows);
  EXPECT_THAT(values(), ElementsAre("3a", "4a", "5b", "6b", "7b"));
  EXPECT_EQ(fetcher.position(), 8);
  EXPECT_EQ(fetcher.log_end(), 'b');
  EXPECT_FALSE(fetcher.is_lost());
  fetcher.seek(0);
  EXPECT_EQ(fetcher.fetch(1, 0, rows), Fetch::rows);
  EXPECT_THAT(values(), ElementsAre("0b"));
  EXPECT_EQ(made, 1);
}

TEST_F(FallbackFetchers, GoOnByTheSecondAlsoWhenAskedWhatArrived) {
  auto fetcher = make(5);
  fetcher.seek(5);
  EXPECT_EQ(fetcher.arrived(), 6);
  EXPECT_EQ(fetcher.position(), 5);
  EXPECT_EQ(fetcher.log_end(), 'b');
}

TEST_F(FallbackFetchers, PassOnThatTheSecondFailsToo) {
  auto fetcher = make(5, 7);
  fetcher.seek(4);
  EXPECT_THROW(fetcher.fetch(9, 0, rows), Unsupported);
  EXPECT_THAT(values(), ElementsAre("4a", "5b", "6b"));
  EXPECT_EQ(fetcher.position(), 7);
}

TEST_F(FallbackFetchers, PassOnThatThereIsNoSecond) {
  FallbackFetcher fetcher(
      std::make_unique<LetteredFetcher>('a', 5),
      []() -> std::unique_ptr<Fetcher> { throw Error::external("no client"); }, host.context());
  fetcher.seek(5);
  EXPECT_THROW(fetcher.arrived(), Error);
  EXPECT_EQ(fetcher.position(), 5);
}

}  // namespace
}  // namespace millrace::kafka
