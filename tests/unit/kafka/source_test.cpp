#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kafka/mock_cluster.hpp"
#include "tests/unit/kafka/source_driver.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::read_range;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MockSource : public ::testing::Test {
 protected:
  MockSource() {
    settings.bootstrap_servers = cluster.brokers();
    settings.subscribe = {"views"};
    settings.starting_offsets = "earliest";
  }
  // Lets the source look for new partitions again.
  void pass_time() { host.now_us += 2'000'000; }
  Error failure(const std::function<void()>& run) {
    try {
      run();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing failed";
    return Error::internal("");
  }

  millrace::testing::MockCluster cluster;
  millrace::testing::ThreadedHost host;
  SourceSettings settings = millrace::testing::source_settings();
};

TEST_F(MockSource, ReadsEpochAfterEpochFromEveryPartition) {
  cluster.create("views", 2);
  cluster.put_numbers("views", 0, 0, 3);
  cluster.put_numbers("views", 1, 10, 12);
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), ElementsAre("0", "1", "2", "10", "11"));
  EXPECT_EQ(driver.position, R"({"views":{"0":3,"1":2}})");

  const auto before = driver.position;
  EXPECT_THAT(driver.epoch(), IsEmpty());
  EXPECT_EQ(driver.position, before);

  cluster.put_numbers("views", 1, 12, 15);
  EXPECT_THAT(driver.epoch(), ElementsAre("12", "13", "14"));
  EXPECT_THAT(driver.ranges, SizeIs(1));
  EXPECT_EQ(driver.ranges[0].partition, "views/1");
}

TEST_F(MockSource, ReadsARangeAgainWithTheSameRows) {
  cluster.create("views", 1);
  cluster.put_numbers("views", 0, 0, 50);
  millrace::testing::SourceDriver driver(settings, host);
  const auto plan = driver.plan();
  const Range middle{"views/0", 10, 20, ""};
  const auto first = read_range(driver.source, middle);
  EXPECT_THAT(first, SizeIs(10));
  EXPECT_EQ(first.front(), "10");
  EXPECT_EQ(read_range(driver.source, middle), first);
  EXPECT_THAT(read_range(driver.source, plan.ranges.at(0)), SizeIs(50));
  // A fresh object, as after a restart, reads it without having planned.
  KafkaSource restarted(settings, host.context());
  EXPECT_EQ(read_range(restarted, middle), first);
}

TEST_F(MockSource, AbandonedRangeIsReadAgainFromItsStart) {
  cluster.create("views", 1);
  cluster.put_numbers("views", 0, 0, 20);
  millrace::testing::SourceDriver driver(settings, host);
  const auto range = driver.plan().ranges.at(0);
  {
    const auto reader = driver.source.open(range, {0});
    Batch rows;
    while (reader->read(100'000, rows) != Read::rows) {
    }
  }
  EXPECT_THAT(read_range(driver.source, range), SizeIs(20));
}

TEST_F(MockSource, ShowsWhereARecordCameFrom) {
  cluster.create("views", 1);
  cluster.put("views", 0, "payload", "k");
  cluster.flush();
  millrace::testing::SourceDriver driver(settings, host);
  const auto rows = read_range(driver.source, driver.plan().ranges.at(0), {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(rows, ElementsAre(R"({"key":"aw==","topic":"views","partition":0,"offset":0,)"
                                R"("timestamp":"2023-11-14T22:13:20.123Z","timestamp_type":0})"));
}

TEST_F(MockSource, BeginsAtTheEndUnlessToldOtherwise) {
  cluster.create("views", 1);
  cluster.put_numbers("views", 0, 0, 5);
  settings.starting_offsets = SourceSettings().starting_offsets;
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), IsEmpty());
  EXPECT_EQ(driver.position, R"({"views":{"0":5}})");
  cluster.put_numbers("views", 0, 5, 6);
  EXPECT_THAT(driver.epoch(), ElementsAre("5"));
}

TEST_F(MockSource, BeginsAtGivenOffsets) {
  cluster.create("views", 3);
  for (int partition = 0; partition < 3; ++partition) cluster.put_numbers("views", partition, 0, 4);
  settings.starting_offsets = R"({"views":{"0":3,"1":-2,"2":-1}})";
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), ElementsAre("3", "0", "1", "2", "3"));
}

TEST_F(MockSource, RefusesOffsetsThatLeaveAPartitionOut) {
  cluster.create("views", 2);
  settings.starting_offsets = R"({"views":{"0":0}})";
  millrace::testing::SourceDriver driver(settings, host);
  const auto missing = failure([&] { driver.plan(); });
  EXPECT_EQ(missing.option, "starting_offsets");
  EXPECT_THAT(missing.what(), HasSubstr("views/1"));
  settings.starting_offsets = R"({"views":{"0":0,"1":0,"2":0}})";
  millrace::testing::SourceDriver other(settings, host);
  EXPECT_THAT(failure([&] { other.plan(); }).what(), HasSubstr("views/2, which does not exist"));
}

TEST_F(MockSource, TakesNoMoreThanItsLimitUnlessToldTo) {
  cluster.create("views", 2);
  cluster.put_numbers("views", 0, 0, 30);
  cluster.put_numbers("views", 1, 0, 10);
  settings.max_offsets_per_trigger = 8;
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), SizeIs(8));
  EXPECT_EQ(driver.position, R"({"views":{"0":6,"1":2}})");
  const auto all = driver.source.plan(driver.position, driver.source.latest(driver.position), true);
  EXPECT_EQ(all.position, R"({"views":{"0":30,"1":10}})");
  size_t rows = 8;
  while (true) {
    const auto more = driver.epoch().size();
    if (more == 0) break;
    rows += more;
  }
  EXPECT_EQ(rows, 40U);
}

TEST_F(MockSource, NeverPassesTheTarget) {
  cluster.create("views", 1);
  cluster.put_numbers("views", 0, 0, 5);
  millrace::testing::SourceDriver driver(settings, host);
  const auto target = driver.source.latest("");
  cluster.put_numbers("views", 0, 5, 9);
  const auto plan = driver.source.plan("", target, false);
  EXPECT_THAT(read_range(driver.source, plan.ranges.at(0)), SizeIs(5));
  // What was fetched beyond the end is not lost.
  EXPECT_THAT(read_range(driver.source, {"views/0", 5, 9, ""}), ElementsAre("5", "6", "7", "8"));
}

TEST_F(MockSource, TellsHowFarEachPartitionIs) {
  cluster.create("views", 2);
  cluster.put_numbers("views", 0, 0, 5);
  settings.max_offsets_per_trigger = 2;
  millrace::testing::SourceDriver driver(settings, host);
  const auto plan = driver.plan();
  ASSERT_THAT(plan.partitions, SizeIs(2));
  EXPECT_EQ(plan.partitions[0].partition, "views/0");
  EXPECT_EQ(plan.partitions[0].topic, "views");
  EXPECT_EQ(plan.partitions[0].next, 2);
  EXPECT_EQ(plan.partitions[0].latest, 5);
  EXPECT_FALSE(plan.partitions[0].never_had_records);
  EXPECT_EQ(plan.partitions[1].index, 1);
  EXPECT_TRUE(plan.partitions[1].never_had_records);
}

TEST_F(MockSource, ReadsTopicsThatMatchAlsoLaterOnesFromTheirBeginning) {
  cluster.create("views.eu", 1);
  cluster.create("reviews.eu", 1);
  cluster.create("__views", 1);
  cluster.put_numbers("views.eu", 0, 0, 1);
  cluster.put_numbers("reviews.eu", 0, 100, 101);
  settings.subscribe.clear();
  settings.subscribe_pattern = R"(views\..*)";
  settings.starting_offsets = "latest";
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), IsEmpty());
  cluster.create("views.us", 2);
  cluster.put_numbers("views.us", 1, 7, 9);
  EXPECT_THAT(driver.epoch(), IsEmpty()) << "topics are looked for once a second";
  pass_time();
  EXPECT_THAT(driver.epoch(), ElementsAre("7", "8"));
  EXPECT_EQ(driver.position, R"({"views.eu":{"0":1},"views.us":{"0":0,"1":2}})");
}

TEST_F(MockSource, ReadsAssignedPartitionsOnly) {
  cluster.create("views", 3);
  for (int partition = 0; partition < 3; ++partition)
    cluster.put_numbers("views", partition, partition * 10, partition * 10 + 1);
  settings.subscribe.clear();
  settings.assign = R"({"views":[2,0]})";
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), ElementsAre("0", "20"));
  settings.assign = R"({"views":[5]})";
  millrace::testing::SourceDriver other(settings, host);
  EXPECT_EQ(failure([&] { other.plan(); }).option, "assign");
}

TEST_F(MockSource, FailsWhereReadOffsetsAreGone) {
  cluster.create("views", 1);
  cluster.put_numbers("views", 0, 0, 5);
  millrace::testing::SourceDriver driver(settings, host);
  driver.position = R"({"views":{"0":9}})";
  const auto beyond = failure([&] { driver.plan(); });
  EXPECT_EQ(beyond.option, "fail_on_data_loss");
  EXPECT_EQ(beyond.retry, Retry::never);
  EXPECT_THAT(beyond.what(), HasSubstr("partition views/0 has no offset 9, it has offsets 0 to 5"));
  driver.position = R"({"views":{"0":0,"4":3}})";
  EXPECT_THAT(failure([&] { driver.plan(); }).what(),
              HasSubstr("partition views/4 does not exist any more; it had been read up to "
                        "offset 3"));
}

TEST_F(MockSource, GoesOnWithoutThemIfItMay) {
  cluster.create("views", 1);
  cluster.put_numbers("views", 0, 0, 5);
  settings.fail_on_data_loss = false;
  millrace::testing::SourceDriver driver(settings, host);
  driver.position = R"({"views":{"0":9,"4":3}})";
  EXPECT_THAT(driver.epoch(), SizeIs(5));
  EXPECT_EQ(driver.position, R"({"views":{"0":5}})");
  EXPECT_TRUE(host.warned_of("views/0 has no offset 9"));
  EXPECT_TRUE(host.warned_of("views/4 does not exist any more"));
}

// The mock keeps about 5 MB of a partition.
class TruncatedSource : public MockSource {
 protected:
  void SetUp() override {
    cluster.create("views", 1);
    const std::string large(100'000, 'x');
    for (int i = 0; i < 100; ++i) {
      cluster.put("views", 0, large);
      cluster.flush();
    }
  }
};

TEST_F(TruncatedSource, SaysHowManyRecordsAreLost) {
  settings.fail_on_data_loss = false;
  millrace::testing::SourceDriver driver(settings, host);
  driver.position = R"({"views":{"0":3}})";
  const auto plan = driver.plan();
  ASSERT_THAT(plan.lost, SizeIs(1));
  const auto first = plan.ranges.at(0).start;
  EXPECT_GT(first, 3);
  EXPECT_EQ(plan.lost[0].first, "views/0");
  EXPECT_EQ(plan.lost[0].second, first - 3);
  EXPECT_EQ(static_cast<int64_t>(read_range(driver.source, plan.ranges[0]).size()), 100 - first);
}

TEST_F(TruncatedSource, FailsInTheReaderToo) {
  KafkaSource source(settings, host.context());
  const auto lost = failure([&] { read_range(source, {"views/0", 3, 90, ""}); });
  EXPECT_EQ(lost.option, "fail_on_data_loss");
  EXPECT_THAT(lost.what(), HasSubstr("partition views/0 has no offset 3"));
}

TEST_F(TruncatedSource, SkipsInTheReaderIfItMay) {
  settings.fail_on_data_loss = false;
  KafkaSource source(settings, host.context());
  const auto rows = read_range(source, {"views/0", 3, 90, ""});
  EXPECT_GT(rows.size(), 10U);
  EXPECT_LT(rows.size(), 87U);
  EXPECT_TRUE(host.warned_of("reading goes on"));
  EXPECT_THAT(read_range(source, {"views/0", 3, 5, ""}), IsEmpty());
}

TEST_F(MockSource, SaysThatThereIsNoBrokerAndRecovers) {
  cluster.create("views", 1);
  cluster.put_numbers("views", 0, 0, 2);
  rd_kafka_mock_broker_set_down(cluster.get(), 1);
  millrace::testing::SourceDriver driver(settings, host);
  host.stopping = true;  // One short attempt, as when the pipeline stops.
  const auto down = failure([&] { driver.plan(); });
  EXPECT_EQ(down.blame, Blame::external);
  EXPECT_EQ(down.retry, Retry::with_backoff);
  EXPECT_THAT(down.what(), HasSubstr("Kafka at " + cluster.brokers() + ": cannot list topics"));
  host.stopping = false;
  rd_kafka_mock_broker_set_up(cluster.get(), 1);
  EXPECT_THAT(driver.epoch(), ElementsAre("0", "1"));
}

TEST_F(MockSource, SaysSoWithinSecondsAlsoWithoutBeingStopped) {
  settings.bootstrap_servers = "127.0.0.1:1";
  millrace::testing::SourceDriver driver(settings, host);
  const auto start = std::chrono::steady_clock::now();
  const auto down = failure([&] { driver.plan(); });
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  EXPECT_THAT(down.what(), HasSubstr("127.0.0.1:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: "
                                     "Connection refused)"));
}

TEST_F(MockSource, LosesPatienceWithAPartitionThatGivesNothing) {
  cluster.create("views", 1);
  cluster.put_numbers("views", 0, 0, 2);
  settings.poll_timeout = {3'000'000};
  KafkaSource source(settings, host.context());
  const auto reader = source.open({"views/0", 0, 5, ""}, {0});
  Batch rows;
  for (int64_t got = 0; got < 2;)  // They may come one by one.
    if (reader->read(100'000, rows) == Read::rows) got += rows.size();
  EXPECT_EQ(reader->read(1'000, rows), Read::idle);
  host.now_us += 3'000'000;
  const auto silent = failure([&] { reader->read(1'000, rows); });
  EXPECT_EQ(silent.blame, Blame::external);
  EXPECT_THAT(silent.what(), HasSubstr("nothing came from partition views/0 at offset 2"));
}

TEST_F(MockSource, OpensNoPartitionTwiceAtOnce) {
  cluster.create("views", 1);
  cluster.put_numbers("views", 0, 0, 2);
  KafkaSource source(settings, host.context());
  const Range range{"views/0", 0, 2, ""};
  const auto first = source.open(range, {0});
  EXPECT_THROW(source.open(range, {0}), Error);
}

TEST_F(MockSource, SaysNothingOfABrokerThatCannotBeToldToCreateNoTopics) {
  ClientLog log(host.context());
  log.take(4, "AUTOTOPIC",
           "[thrd:main]: b:1/1: allow.auto.create.topics=false not supported by broker: requires "
           "broker version >= 0.11.0.0");
  EXPECT_EQ(host.warnings(), 0U);
  EXPECT_EQ(log.last_failure(), "");
}

TEST_F(MockSource, WarnsOfASilentBrokerOnceInAWhile) {
  ClientLog log(host.context());
  for (int i = 0; i < 5; ++i)
    log.take(3, "FAIL",
             "[thrd:b:1/bootstrap]: b:1/bootstrap: Connect failed (after 0ms in state CONNECT)");
  log.take(3, "ERROR", "[thrd:app]: rdkafka#consumer-1: b:1/bootstrap: 1/1 brokers are down");
  EXPECT_EQ(host.warnings(), 1U);
  EXPECT_EQ(log.last_failure(), "b:1/bootstrap: Connect failed");
  log.take(7, "FETCH", "nothing special");
  host.now_us += 11'000'000;
  log.take(3, "FAIL", "Connect failed");
  EXPECT_EQ(host.warnings(), 2U);
  EXPECT_TRUE(host.warned_of("and 5 lines before"));
}

}  // namespace
}  // namespace millrace::kafka
