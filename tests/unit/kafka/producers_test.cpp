#include "plugins/kafka/producers.hpp"

#include <gtest/gtest.h>

#include "tests/unit/kafka/mock_cluster.hpp"
#include "tests/unit/kafka/threaded_host.hpp"

namespace millrace::kafka {
namespace {

class ProducersOfEpochs : public ::testing::Test {
 protected:
  ProducersOfEpochs() { cluster.create("counts", 1); }

  Producers producers(const StringMap& properties = {}) {
    return {{cluster.brokers(), {"counts"}, properties},
            std::make_shared<ClientLog>(host.context())};
  }
  // An epoch of a second, and who wrote it.
  Producer* write(Producers& producers, Epoch epoch, int records) {
    const auto producer = producers.for_epoch(epoch);
    const auto deliveries = producers.begin(*producer);
    for (int i = 0; i < records; ++i) producer->send({0, "row", "", false}, *deliveries);
    EXPECT_EQ(producers.for_epoch(epoch), producer) << "another writer of the epoch";
    producers.close(*producer, deliveries);
    host.now_us += 1'000'000;
    return producer.get();
  }

  millrace::testing::MockCluster cluster;
  millrace::testing::ThreadedHost host;
};

constexpr int few = 100;
constexpr int many = 20'000;

TEST_F(ProducersOfEpochs, AfterAnEpochOfManyRecordsOneThatLingersGoesOnUntilFewCome) {
  host.be_continuous();
  auto all = producers();
  auto* const at_once = write(all, 0, few);
  EXPECT_EQ(write(all, 1, many), at_once);
  auto* const lingering = write(all, 2, many);
  EXPECT_NE(lingering, at_once);
  EXPECT_EQ(at_once->property("linger.ms"), "0");
  EXPECT_EQ(lingering->property("linger.ms"), "0.5");
  EXPECT_EQ(write(all, 3, few), lingering);
  EXPECT_EQ(write(all, 4, few), at_once);
  EXPECT_EQ(write(all, 5, many), at_once);
  EXPECT_EQ(write(all, 6, few), lingering);
}

TEST_F(ProducersOfEpochs, AreOneWithoutRoundsAndWhereTheLingerTimeIsSaid) {
  auto all = producers();
  auto* const one = write(all, 0, many);
  EXPECT_EQ(write(all, 1, many), one);
  host.be_continuous();
  auto told = producers({{"linger.ms", "1"}});
  auto* const same = write(told, 0, many);
  EXPECT_EQ(write(told, 1, many), same);
  EXPECT_EQ(same->property("linger.ms"), "1");
}

}  // namespace
}  // namespace millrace::kafka
