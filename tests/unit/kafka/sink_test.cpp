#include <functional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kafka/mock_cluster.hpp"
#include "tests/unit/kafka/sink_driver.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::read_back;
using millrace::testing::result_schema;
using millrace::testing::ResultBatch;
using millrace::testing::write_epoch;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class MockSink : public ::testing::Test {
 protected:
  MockSink() {
    cluster.create("counts", 3);
    settings.bootstrap_servers = cluster.brokers();
    settings.topic = "counts";
    settings.include_epoch_header = false;
  }
  KafkaSink& sink() {
    if (!sink_)
      sink_ = std::make_unique<KafkaSink>(settings, host.context(), result_schema(),
                                          OutputMode::append);
    return *sink_;
  }
  std::vector<std::string> records() { return read_back(cluster.brokers(), "counts"); }
  static Error failure(const std::function<void()>& run) {
    try {
      run();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing failed";
    return Error::internal("");
  }
  void fail_produce(rd_kafka_resp_err_t code, int times) {
    constexpr int16_t produce_request = 0;
    const std::vector<rd_kafka_resp_err_t> codes(static_cast<size_t>(times), code);
    rd_kafka_mock_push_request_errors_array(cluster.get(), produce_request, codes.size(),
                                            codes.data());
  }

  millrace::testing::MockCluster cluster;
  millrace::testing::ThreadedHost host;
  SinkSettings settings;

 private:
  std::unique_ptr<KafkaSink> sink_;
};

TEST_F(MockSink, WritesAnEpochBeforeItIsClosed) {
  settings.partition = host.column(result_schema(), "at");
  const auto writer = sink().open_writer(0);
  write_epoch(*writer, 0, {{"a", "", 0, 0}, {"b", "", 0, 0}, {"c", "", 0, 2}});
  EXPECT_THAT(records(), ElementsAre("0:-=a", "0:-=b", "2:-=c"));
  write_epoch(*writer, 1, {});
  write_epoch(*writer, 2, {{"d", "", 0, 2}});
  EXPECT_THAT(records(), ElementsAre("0:-=a", "0:-=b", "2:-=c", "2:-=d"));
}

TEST_F(MockSink, ChoosesThePartitionByKeyAsTheJavaClientDoes) {
  settings.key = host.column(result_schema(), "key");
  // Kafka's own tests give the hashes of these (UtilsTest, murmur2); 3 partitions.
  write_epoch(*sink().open_writer(0), 0,
              {{"1", "21"},
               {"2", "foobar"},
               {"3", "a-little-bit-long-string"},
               {"4", "a-little-bit-longer-string"},
               {"5", "abc"},
               {"6", "21"}});
  EXPECT_THAT(records(),
              ElementsAre("0:21=1", "0:foobar=2", "0:abc=5", "0:21=6",
                          "2:a-little-bit-long-string=3", "2:a-little-bit-longer-string=4"));
}

TEST_F(MockSink, WritesNumbersAsKeysAndNullAsNone) {
  settings.partition = host.column(result_schema(), "at");
  settings.key = host.column(result_schema(), "n");
  const auto numbers = sink().open_writer(0);
  write_epoch(*numbers, 0, {{"a", "", -42, 1}});
  settings.key = host.column(result_schema(), "key");
  KafkaSink texts(settings, host.context(), result_schema(), OutputMode::append);
  write_epoch(*texts.open_writer(0), 0, {{"b", "", 0, 1}, {"c", "k", 0, 1}});
  EXPECT_THAT(records(), ElementsAre("1:-42=a", "1:-=b", "1:k=c"));
}

TEST_F(MockSink, TellsTheEpochInHeaders) {
  settings.partition = host.column(result_schema(), "at");
  settings.include_epoch_header = true;
  settings.headers = {{"origin", "test"}};
  const auto writer = sink().open_writer(0);
  write_epoch(*writer, 41, {{"a", "", 0, 0}});
  write_epoch(*writer, 42, {{"b", "", 0, 0}});
  EXPECT_THAT(records(),
              ElementsAre("0:-=a millrace.epoch=41 millrace.pipeline=pages origin=test",
                          "0:-=b millrace.epoch=42 millrace.pipeline=pages origin=test"));
}

TEST_F(MockSink, RefusesAPartitionThatCannotBe) {
  settings.partition = host.column(result_schema(), "n");
  const auto writer = sink().open_writer(0);
  const auto negative = failure([&] { write_epoch(*writer, 0, {{"a", "", 0}, {"b", "", -1}}); });
  EXPECT_EQ(negative.blame, Blame::data);
  EXPECT_THAT(negative.what(), HasSubstr("`partition` is -1 in row 1"));
}

TEST_F(MockSink, FailsTheEpochWhoseRecordGoesToNoPartition) {
  settings.partition = host.column(result_schema(), "at");
  const auto writer = sink().open_writer(0);
  const auto lost = failure([&] { write_epoch(*writer, 0, {{"a", "", 0, 0}, {"b", "", 0, 9}}); });
  EXPECT_EQ(lost.blame, Blame::external);
  EXPECT_THAT(lost.what(), HasSubstr("Unknown partition"));
}

TEST_F(MockSink, NamesTheRowThatIsTooLarge) {
  settings.kafka = {{"message.max.bytes", "2000"}};
  const auto writer = sink().open_writer(0);
  writer->open(7);
  const ResultBatch small({{"a"}, {"b"}});
  writer->write(small.rows, &small.payloads);
  const ResultBatch large({{"c"}, {std::string(3'000, 'x')}});
  const auto refused = failure([&] { writer->write(large.rows, &large.payloads); });
  EXPECT_EQ(refused.blame, Blame::data);
  EXPECT_THAT(refused.what(), HasSubstr("row 3 of epoch 7 makes a record of 3000 bytes, more than "
                                        "message.max.bytes = 2000"));
  writer->close(&refused);
}

TEST_F(MockSink, FailsTheEpochThatTheBrokerRefuses) {
  settings.partition = host.column(result_schema(), "at");
  fail_produce(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, 1);
  const auto writer = sink().open_writer(0);
  const auto refused = failure([&] {
    write_epoch(*writer, 0, {{"a", "", 0, 1}, {"b", "", 0, 1}});
  });
  EXPECT_EQ(refused.blame, Blame::external);
  EXPECT_EQ(refused.retry, Retry::with_backoff);
  EXPECT_THAT(refused.what(), HasSubstr("topic \"counts\": 2 records were not written (2 to "
                                        "partition 1), the first because: Broker: Message "
                                        "size too large"));
  // Written again, it is there once.
  write_epoch(*writer, 0, {{"a", "", 0, 1}, {"b", "", 0, 1}});
  EXPECT_THAT(records(), ElementsAre("1:-=a", "1:-=b"));
}

TEST_F(MockSink, RepeatsWhatPasses) {
  settings.partition = host.column(result_schema(), "at");
  settings.kafka = {{"retry.backoff.ms", "1"}};
  fail_produce(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, 3);
  write_epoch(*sink().open_writer(0), 0, {{"a", "", 0, 1}});
  EXPECT_THAT(records(), ElementsAre("1:-=a"));
}

TEST_F(MockSink, WaitsWhileTheQueueIsFull) {
  settings.kafka = {{"queue.buffering.max.messages", "10"}, {"linger.ms", "1"}};
  const std::vector<millrace::testing::Result> many(500, {"x"});
  write_epoch(*sink().open_writer(0), 0, many);
  EXPECT_THAT(records(), SizeIs(500));
}

TEST_F(MockSink, SharesOneProducerBetweenWriters) {
  std::vector<std::thread> threads;
  auto& shared = sink();
  for (int partition = 0; partition < 3; ++partition)
    threads.emplace_back([&shared, partition] {
      const auto writer = shared.open_writer(partition);
      for (Epoch epoch = 0; epoch < 5; ++epoch)
        write_epoch(*writer, epoch, std::vector<millrace::testing::Result>(200, {"x"}));
    });
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(records(), SizeIs(3'000));
}

TEST_F(MockSink, StopsWaitingSoonAfterThePipelineIsToStop) {
  rd_kafka_mock_broker_set_down(cluster.get(), 1);
  host.stopping = true;
  const auto writer = sink().open_writer(0);
  const auto stopped = failure([&] { write_epoch(*writer, 0, {{"a"}, {"b"}}); });
  EXPECT_EQ(stopped.blame, Blame::external);
  EXPECT_THAT(stopped.what(), HasSubstr("stopped while 2 records were not acknowledged"));
}

TEST_F(MockSink, SaysOnceThatRecordsWait) {
  rd_kafka_mock_broker_set_down(cluster.get(), 1);
  settings.kafka = {{"message.timeout.ms", "4000"}};
  const auto writer = sink().open_writer(0);
  failure([&] { write_epoch(*writer, 0, {{"a"}, {"b"}}); });
  EXPECT_TRUE(host.warned_of("topic \"counts\": 2 records wait to be acknowledged"));
}

TEST_F(MockSink, RefusesATopicThatCannotBe) {
  settings.topic = "page counts";
  const auto refused = failure([&] { sink(); });
  EXPECT_EQ(refused.blame, Blame::user);
  EXPECT_EQ(refused.option, "topic");
  EXPECT_THAT(refused.what(), HasSubstr("\"page counts\" cannot be a topic"));
}

TEST_F(MockSink, ForgetsTheRecordsOfAFailedEpoch) {
  const auto writer = sink().open_writer(0);
  writer->open(0);
  const ResultBatch batch({{"a"}});
  writer->write(batch.rows, &batch.payloads);
  const auto cause = Error::external("another sink failed");
  writer->close(&cause);
  write_epoch(*writer, 0, {{"a"}});
  // At least once: the first try may be there too.
  EXPECT_GE(records().size(), 1U);
}

}  // namespace
}  // namespace millrace::kafka
