#include <future>
#include <span>

#include "plugins/kafka/decisions.hpp"
#include "plugins/kafka/sink.hpp"
#include "tests/kafka/holding_proxy.hpp"
#include "tests/kafka/mortal_broker.hpp"
#include "tests/kafka/real_kafka.hpp"
#include "tests/unit/kafka/sink_driver.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::read_back;
using millrace::testing::result_schema;
using millrace::testing::write_epoch;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The sinks of one run of a job.
class JobRun {
 public:
  JobRun(const std::string& brokers, const std::vector<std::string>& topics, StringMap properties,
         millrace::testing::ThreadedHost& host) {
    for (const auto& topic : topics) {
      SinkSettings settings;
      settings.bootstrap_servers = brokers;
      settings.topic = topic;
      settings.include_epoch_header = false;
      settings.kafka = properties;
      settings.partition = host.column(result_schema(), "at");
      sinks_.push_back(std::make_unique<KafkaSink>(settings, host.context(), result_schema(),
                                                   OutputMode::append));
      sinks_.back()->join(sinks_.size() == 1 ? nullptr : sinks_.front().get());
    }
  }

  KafkaSink& first() { return *sinks_.front(); }
  std::optional<Decision> fence(const std::string& job) { return first().fence(job, "run").newest; }
  void write(Epoch epoch, const std::string& payload) {
    for (auto& sink : sinks_) write_epoch(*sink->open_writer(0), epoch, {{payload, "", 0, 0}});
  }
  void decide(Epoch epoch, std::span<const SourcePosition> positions = {}) {
    first().decide({epoch, "hash" + std::to_string(epoch), "run"}, positions);
  }
  void run(Epoch epoch, const std::string& payload) {
    first().begin(epoch);
    write(epoch, payload);
    decide(epoch);
  }

 private:
  std::vector<std::unique_ptr<KafkaSink>> sinks_;
};

class ExactlyOnce : public RealKafka {
 protected:
  ExactlyOnce() { create(1); }
  JobRun make_run(StringMap properties = {}) {
    return {brokers, {topic}, std::move(properties), host};
  }
  std::vector<std::string> records() { return read_back(brokers, topic); }
  // Each test has a job of its own; a broker that outlived a test run knows the last one.
  std::string job = topic + "-" + std::to_string(::getpid());
};

TEST_F(ExactlyOnce, ShowsAnEpochAndItsDecisionTogether) {
  auto run = make_run();
  EXPECT_EQ(run.fence(job), std::nullopt);
  run.first().begin(0);
  run.write(0, "a");
  EXPECT_THAT(records(), IsEmpty());
  run.decide(0);
  EXPECT_THAT(records(), ElementsAre("0:-=a"));
  run.run(1, "b");
  run.run(2, "c");
  EXPECT_THAT(records(), ElementsAre("0:-=a", "0:-=b", "0:-=c"));
  auto again = make_run();
  EXPECT_EQ(again.fence(job), (Decision{2, "hash2", "run"}));
}

TEST_F(ExactlyOnce, MakesADecisionAgainWithoutAnEpoch) {
  {
    auto run = make_run();
    run.fence(job);
    run.first().decide({-1, "", "run"}, {});
  }
  {
    auto second = make_run();
    EXPECT_EQ(second.fence(job), (Decision{-1, "", "run"}));
    second.run(0, "a");
    second.decide(0);
  }
  auto third = make_run();
  EXPECT_EQ(third.fence(job)->epoch, 0);
  EXPECT_THAT(records(), ElementsAre("0:-=a"));
}

TEST_F(ExactlyOnce, ForgetsWhatARunDidNotDecide) {
  auto run = make_run();
  run.fence(job);
  run.first().begin(0);
  run.write(0, "b");
  auto again = make_run();
  EXPECT_EQ(again.fence(job), std::nullopt);
  again.run(0, "B");
  // The first run was not ended: it is a process that hung.
  EXPECT_THAT(failure([&] { run.decide(0); }).what(),
              AnyOf(HasSubstr("fenced"), HasSubstr("another process uses the same checkpoint")));
  EXPECT_THAT(records(), ElementsAre("0:-=B"));
}

TEST_F(ExactlyOnce, SharesATransactionAmongTopics) {
  const auto other = topic + ".other";
  try {
    kafka_tool::delete_topic(brokers, other);
  } catch (const kafka_tool::Failure&) {
  }
  kafka_tool::create_topic(brokers, other, 1, {});
  JobRun run(brokers, {topic, other}, {}, host);
  run.fence(job);
  run.first().begin(0);
  run.write(0, "a");
  EXPECT_THAT(records(), IsEmpty());
  EXPECT_THAT(read_back(brokers, other), IsEmpty());
  run.decide(0);
  EXPECT_THAT(records(), ElementsAre("0:-=a"));
  EXPECT_THAT(read_back(brokers, other), ElementsAre("0:-=a"));
  // Either topic may be made again.
  kafka_tool::delete_topic(brokers, topic);
  kafka_tool::create_topic(brokers, topic, 1, {});
  JobRun again(brokers, {topic, other}, {}, host);
  EXPECT_EQ(again.fence(job)->epoch, 0);
}

TEST_F(ExactlyOnce, CommitsThePositionsOfSourcesOfItsCluster) {
  auto run = make_run();
  run.fence(job);
  run.first().begin(0);
  const auto here = "{\"" + topic + "\":{\"0\":41,\"7\":1},\"elsewhere\":{\"0\":3}}";
  const SourcePosition positions[] = {{"views", "kafka", here}, {"files", "file", "{}"}};
  run.decide(0, positions);
  auto again = make_run();
  EXPECT_EQ(again.fence(job)->epoch, 0);
}

TEST_F(ExactlyOnce, FailsWhereATransactionTookTooLong) {
  auto run = make_run({{"transaction.timeout.ms", "1000"}});
  run.fence(job);
  run.first().begin(0);
  run.write(0, "a");
  // The broker ends it once it is older than a second; only then can readers pass it.
  while (records().empty()) put_numbers(0, 7, 8);
  EXPECT_THAT(failure([&] { run.decide(0); }).what(),
              HasSubstr("took longer than transaction.timeout.ms"));
  EXPECT_THAT(records(), Each(std::string("0:=7")));
  EXPECT_EQ(run.fence(job), std::nullopt);
  run.run(0, "a");
  EXPECT_THAT(records(), Contains("0:-=a"));
}

TEST_F(ExactlyOnce, NeedsItsTopic) {
  kafka_tool::delete_topic(brokers, topic);
  auto run = make_run();
  host.stopping = true;  // One attempt.
  EXPECT_THAT(failure([&] { run.fence(job); }).what(),
              AllOf(HasSubstr("cannot find topic \"" + topic + "\""), HasSubstr("Unknown topic")));
}

TEST_F(ExactlyOnce, SaysWhichTimeoutAClusterDoesNotAllow) {
  auto run = make_run({{"transaction.timeout.ms", "1000000"}});
  const auto refused = failure([&] { run.fence(job); });
  EXPECT_EQ(refused.option, "kafka.transaction.timeout.ms");
  EXPECT_EQ(refused.blame, Blame::user);
}

// A broker behind a proxy that can keep a request that ends a transaction. The producers that the
// sink makes are what closes the hole: the control keeps one, and loses or shows what it must not.
class DelayedEnd : public ::testing::Test {
 protected:
  DelayedEnd() : broker(proxy.port()) {
    proxy.forward_to(std::stoi(broker.address.substr(broker.address.find(':') + 1)));
    kafka_tool::create_topic(proxy.address(), "out", 1, {});
  }
  JobRun make_run() { return {proxy.address(), {"out"}, {{"socket.timeout.ms", "1000"}}, host}; }
  std::vector<std::string> records() { return read_back(proxy.address(), "out"); }
  void wait_for_a_record() {
    const auto client = kafka_tool::make_client(RD_KAFKA_PRODUCER, proxy.address(), {});
    for (int64_t first = 0, end = 0; end == 0;)
      rd_kafka_query_watermark_offsets(client.get(), "out", 0, &first, &end, 1'000);
  }

  HoldingProxy proxy;
  MortalBroker broker;
  millrace::testing::ThreadedHost host;
};

TEST_F(DelayedEnd, DoesNotCommitALaterEpoch) {
  auto run = make_run();
  run.fence("job");
  run.first().begin(0);
  run.write(0, "a");
  proxy.hold_next_end();
  run.decide(0);  // Asked for again, and answered.
  run.first().begin(1);
  run.write(1, "b");
  proxy.release();
  auto again = make_run();
  EXPECT_EQ(again.fence("job")->epoch, 0);
  EXPECT_THAT(records(), ElementsAre("0:-=a")) << "epoch 1 was not decided";
}

TEST_F(DelayedEnd, DoesNotAbortALaterEpoch) {
  {
    auto run = make_run();
    run.fence("job");
    run.first().begin(0);
    run.write(0, "a");
    // Without a record at the broker there is nothing that it would be asked to end.
    wait_for_a_record();
    proxy.hold_next_end();
  }
  proxy.wait_until_held();
  auto run = make_run();
  EXPECT_EQ(run.fence("job"), std::nullopt);
  run.first().begin(0);
  run.write(0, "b");
  proxy.release();
  run.decide(0);
  EXPECT_THAT(records(), ElementsAre("0:-=b"));
}

TEST_F(DelayedEnd, HitsAProducerThatIsKept) {
  const auto client = kafka_tool::make_client(
      RD_KAFKA_PRODUCER, proxy.address(),
      {{"transactional.id", "kept"}, {"linger.ms", "0"}, {"socket.timeout.ms", "1000"}});
  const auto check = [](rd_kafka_error_t* error) {
    if (error == nullptr) return;
    const std::string text = rd_kafka_error_string(error);
    rd_kafka_error_destroy(error);
    throw kafka_tool::Failure(text);
  };
  const auto put = [&](std::string value) {
    rd_kafka_producev(client.get(), RD_KAFKA_V_TOPIC("out"), RD_KAFKA_V_PARTITION(0),
                      RD_KAFKA_V_VALUE(value.data(), value.size()),
                      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    ASSERT_EQ(rd_kafka_flush(client.get(), 30'000), RD_KAFKA_RESP_ERR_NO_ERROR);
  };
  check(rd_kafka_init_transactions(client.get(), 30'000));
  check(rd_kafka_begin_transaction(client.get()));
  put("a");
  proxy.hold_next_end();
  check(rd_kafka_commit_transaction(client.get(), 30'000));
  check(rd_kafka_begin_transaction(client.get()));
  put("b");
  proxy.release();
  // Too late: whether this says so or not.
  if (auto* error = rd_kafka_abort_transaction(client.get(), 30'000)) rd_kafka_error_destroy(error);
  EXPECT_THAT(records(), ElementsAre("0:-=a", "0:-=b")) << "the proxy reproduces the fault";
}

}  // namespace
}  // namespace millrace::kafka
