// A partition's leader is another broker now and then. Three brokers of librdkafka's own, which
// share the log of a partition as replicas do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kafka/mock_cluster.hpp"
#include "tests/unit/kafka/sink_driver.hpp"
#include "tests/unit/kafka/source_driver.hpp"

namespace millrace::kafka {
namespace {

using ::testing::ElementsAre;

class MovedLeader : public ::testing::Test {
 protected:
  MovedLeader() {
    cluster.create("views", 1);
    lead(1);
  }
  void lead(int broker) {
    ASSERT_EQ(rd_kafka_mock_partition_set_leader(cluster.get(), "views", 0, broker),
              RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  const StringMap soon = {{"topic.metadata.refresh.fast.interval.ms", "10"},
                          {"retry.backoff.ms", "10"}};
  millrace::testing::MockCluster cluster{3};
  millrace::testing::ThreadedHost host;
};

TEST_F(MovedLeader, IsFollowedByASource) {
  SourceSettings settings = millrace::testing::source_settings();
  settings.bootstrap_servers = cluster.brokers();
  settings.subscribe = {"views"};
  settings.starting_offsets = "earliest";
  settings.kafka = soon;
  millrace::testing::SourceDriver driver(settings, host);
  for (int round = 0; round < 4; ++round) {
    cluster.put_numbers("views", 0, 2 * round, 2 * round + 2);
    EXPECT_THAT(driver.epoch(),
                ElementsAre(std::to_string(2 * round), std::to_string(2 * round + 1)));
    lead(1 + (round + 1) % 3);
  }
}

TEST_F(MovedLeader, IsFollowedWhileARangeIsRead) {
  SourceSettings settings = millrace::testing::source_settings();
  settings.bootstrap_servers = cluster.brokers();
  settings.subscribe = {"views"};
  settings.starting_offsets = "earliest";
  settings.kafka = soon;
  cluster.put_numbers("views", 0, 0, 3);
  millrace::testing::SourceDriver driver(settings, host);
  const auto plan = driver.plan();
  lead(2);
  EXPECT_THAT(millrace::testing::read_range(driver.source, plan.ranges.at(0)),
              ElementsAre("0", "1", "2"));
}

TEST_F(MovedLeader, IsFollowedByASink) {
  SinkSettings settings;
  settings.bootstrap_servers = cluster.brokers();
  settings.topic = "views";
  settings.include_epoch_header = false;
  settings.kafka = soon;
  KafkaSink sink(settings, host.context(), millrace::testing::result_schema(), OutputMode::append);
  const auto writer = sink.open_writer(0);
  for (int epoch = 0; epoch < 4; ++epoch) {
    millrace::testing::write_epoch(*writer, epoch, {{std::to_string(epoch)}});
    lead(1 + (epoch + 1) % 3);
  }
  EXPECT_THAT(millrace::testing::read_back(cluster.brokers(), "views"),
              ElementsAre("0:-=0", "0:-=1", "0:-=2", "0:-=3"));
}

}  // namespace
}  // namespace millrace::kafka
