#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kafka/mock_cluster.hpp"
#include "tests/unit/kafka/source_driver.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::read_range;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ArrivedRecords : public ::testing::Test {
 protected:
  ArrivedRecords() {
    settings.bootstrap_servers = cluster.brokers();
    settings.subscribe = {"views"};
    settings.starting_offsets = "earliest";
  }

  millrace::testing::MockCluster cluster;
  millrace::testing::ThreadedHost host;
  SourceSettings settings = millrace::testing::source_settings();
};

TEST_F(ArrivedRecords, AreToldOfAndPutOutWithoutAskingTheBroker) {
  cluster.create("views", 2);
  cluster.put_numbers("views", 0, 0, 3);
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), ElementsAre("0", "1", "2"));
  // What the last one ends with is at hand: nothing more.
  while (driver.source.arrived(driver.position) != driver.position) {
  }
  cluster.put_numbers("views", 1, 10, 12);
  std::vector<std::string> rows;
  while (rows.size() < 2) {
    const auto target = driver.source.arrived(driver.position);
    if (target == driver.position) {
      ASSERT_TRUE(host.input_arrives());
      continue;
    }
    const auto plan = driver.source.plan(driver.position, target, false);
    driver.position = plan.position;
    for (const auto& range : plan.ranges)
      for (auto& row : read_range(driver.source, range)) rows.push_back(std::move(row));
  }
  EXPECT_THAT(rows, ElementsAre("10", "11"));
  EXPECT_EQ(driver.position, R"({"views":{"0":3,"1":2}})");
}

TEST_F(ArrivedRecords, AreToldOfWhenEverythingWasRead) {
  cluster.create("views", 1);
  cluster.put_numbers("views", 0, 0, 3);
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), SizeIs(3));
  EXPECT_THAT(driver.epoch(), IsEmpty());
  cluster.put_numbers("views", 0, 3, 4);
  std::vector<std::string> rows;
  while (rows.empty()) {
    ASSERT_TRUE(host.input_arrives());
    rows = driver.epoch();
  }
  EXPECT_THAT(rows, ElementsAre("3"));
}

TEST_F(ArrivedRecords, AreAskedForWhereAPartitionWasNotReadYet) {
  cluster.create("views", 1);
  cluster.put_numbers("views", 0, 0, 1);
  cluster.create("visits", 1);
  cluster.put_numbers("visits", 0, 5, 7);
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), SizeIs(1));
  settings.subscribe = {"views", "visits"};
  millrace::testing::SourceDriver more(settings, host);
  more.position = driver.position;
  const auto target = more.source.arrived(more.position);
  EXPECT_EQ(target, R"({"views":{"0":1},"visits":{"0":2}})");
  EXPECT_THAT(more.source.plan(more.position, target, false).ranges, SizeIs(1));
}

TEST_F(ArrivedRecords, OfALongTopicAreABeginningAtFirst) {
  cluster.create("views", 2);
  cluster.put_numbers("views", 0, 0, 10'100);
  cluster.put_numbers("views", 1, 0, 7);
  millrace::testing::SourceDriver driver(settings, host);
  const auto target = driver.source.arrived("");
  EXPECT_EQ(target, R"({"views":{"0":10000,"1":7}})");
  EXPECT_EQ(driver.source.plan("", target, false).position, target);
  settings.starting_offsets = "latest";
  millrace::testing::SourceDriver at_the_end(settings, host);
  EXPECT_EQ(at_the_end.source.arrived(""), R"({"views":{"0":10100,"1":7}})");
}

}  // namespace
}  // namespace millrace::kafka
