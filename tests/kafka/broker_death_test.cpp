#include "tests/kafka/mortal_broker.hpp"
#include "tests/kafka/real_kafka.hpp"
#include "tests/unit/kafka/sink_driver.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::read_range;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(BrokerDeath, CostsNothingButTime) {
  constexpr size_t count = 20'000;
  MortalBroker broker;
  kafka_tool::create_topic(broker.address, "counts", 1, {});
  millrace::testing::ThreadedHost host;

  SinkSettings sink_settings;
  sink_settings.bootstrap_servers = broker.address;
  sink_settings.topic = "counts";
  KafkaSink sink(sink_settings, host.context(), millrace::testing::result_schema(),
                 OutputMode::append);
  const auto writer = sink.open_writer(0);
  const std::vector<millrace::testing::Result> results(count, {"payload"});
  write_epoch(*writer, 0, results);

  SourceSettings settings = millrace::testing::source_settings();
  settings.bootstrap_servers = broker.address;
  settings.subscribe = {"counts"};
  settings.starting_offsets = "earliest";
  settings.max_offsets_per_trigger = count / 2;
  millrace::testing::SourceDriver driver(settings, host);
  EXPECT_THAT(driver.epoch(), SizeIs(count / 2));

  broker.kill();
  host.stopping = true;  // One attempt.
  try {
    driver.plan();
    ADD_FAILURE() << "there is no broker";
  } catch (const Error& error) {
    EXPECT_EQ(error.retry, Retry::with_backoff);
    EXPECT_THAT(error.what(), HasSubstr("Kafka at " + broker.address));
  }
  host.stopping = false;
  writer->open(1);
  const millrace::testing::ResultBatch batch(results);
  writer->write(batch.rows, &batch.payloads);

  broker.revive();
  writer->close(nullptr);
  settings.max_offsets_per_trigger = 0;
  // What the first object had read ahead, and what was written without a broker.
  EXPECT_THAT(driver.epoch(), SizeIs(count / 2));
  EXPECT_THAT(driver.epoch(), SizeIs(count / 2));
  EXPECT_THAT(driver.epoch(), SizeIs(count / 2));
  EXPECT_TRUE(driver.plan().ranges.empty());
  KafkaSource fresh(settings, host.context());
  EXPECT_THAT(read_range(fresh, {"counts/0", 0, 2 * count, ""}), SizeIs(2 * count));
}

}  // namespace
}  // namespace millrace::kafka
