#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/kafka/sink.hpp"
#include "tests/unit/kafka/source_driver.hpp"

namespace millrace::kafka {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Refusal {
  std::string option;
  std::string message;
};

Refusal refusal(const std::function<void()>& make) {
  try {
    make();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::user) << error.what();
    EXPECT_EQ(error.retry, Retry::never);
    return {error.option, error.what()};
  }
  ADD_FAILURE() << "nothing was refused";
  return {};
}

class SourceOptions : public ::testing::Test {
 protected:
  SourceOptions() {
    settings.bootstrap_servers = "127.0.0.1:1";
    settings.subscribe = {"views"};
  }
  Refusal refused() {
    return refusal([&] { KafkaSource(settings, host.context()); });
  }

  millrace::testing::ThreadedHost host;
  SourceSettings settings;
};

TEST_F(SourceOptions, AreTakenWithoutAskingTheCluster) {
  settings.starting_offsets = R"({"views":{"0":23,"1":-2,"2":-1}})";
  settings.kafka = {{"security.protocol", "SASL_SSL"}, {"fetch.min.bytes", "10"}};
  const KafkaSource source(settings, host.context());
  EXPECT_EQ(source.schema()[0], (Field{"value", TypeId::binary}));
  EXPECT_EQ(source.schema().size(), 7U);
}

TEST_F(SourceOptions, NeedOneWayToNameTopics) {
  settings.subscribe.clear();
  EXPECT_EQ(refused().option, "subscribe");
  settings.subscribe = {"views"};
  settings.subscribe_pattern = "v.*";
  EXPECT_EQ(refused().option, "subscribe_pattern");
}

TEST_F(SourceOptions, NeedBrokers) {
  settings.bootstrap_servers = "";
  EXPECT_EQ(refused().option, "bootstrap_servers");
}

TEST_F(SourceOptions, RefuseWhatCannotBeATopic) {
  settings.subscribe = {"page views"};
  EXPECT_EQ(refused().option, "subscribe");
}

TEST_F(SourceOptions, RefuseAPatternThatIsNone) {
  settings.subscribe.clear();
  settings.subscribe_pattern = "views(";
  const auto [option, message] = refused();
  EXPECT_EQ(option, "subscribe_pattern");
  EXPECT_THAT(message, HasSubstr("missing )"));
}

TEST_F(SourceOptions, RefuseAnAssignmentOfAnotherShape) {
  settings.subscribe.clear();
  for (const auto* text : {"views", "[]", "{}", R"({"views":3})", R"({"views":[]})",
                           R"({"views":[-1]})", R"({"views":["0"]})"}) {
    settings.assign = text;
    EXPECT_EQ(refused().option, "assign") << text;
  }
}

TEST_F(SourceOptions, RefuseStartsThatAreNone) {
  for (const auto* text : {"earliest ", "beginning", "{}}", R"({"views":{"0":-3}})",
                           R"({"clicks":{"0":1}})", R"({"views":1})"}) {
    settings.starting_offsets = text;
    EXPECT_EQ(refused().option, "starting_offsets") << text;
  }
  settings.starting_offsets = "earliest";
  settings.starting_timestamp = "yesterday";
  EXPECT_EQ(refused().option, "starting_timestamp");
  settings.starting_timestamp = "";
  settings.starting_offsets_by_timestamp = R"({"views":{"0":-1}})";
  EXPECT_EQ(refused().option, "starting_offsets_by_timestamp");
}

TEST_F(SourceOptions, RefuseNegativeLimits) {
  settings.max_offsets_per_trigger = -1;
  EXPECT_EQ(refused().option, "max_offsets_per_trigger");
  settings.max_offsets_per_trigger = 0;
  settings.poll_timeout = {0};
  EXPECT_EQ(refused().option, "poll_timeout");
}

TEST_F(SourceOptions, NameTheLibrarysPropertyThatDoesNotExist) {
  settings.kafka = {{"fetch.minimum.bytes", "1"}};
  const auto [option, message] = refused();
  EXPECT_EQ(option, "kafka.fetch.minimum.bytes");
  EXPECT_THAT(message, HasSubstr("no property \"fetch.minimum.bytes\""));
}

TEST_F(SourceOptions, NameTheLibrarysPropertyWithABadValue) {
  settings.kafka = {{"security.protocol", "TLS"}};
  const auto [option, message] = refused();
  EXPECT_EQ(option, "kafka.security.protocol");
  EXPECT_THAT(message, HasSubstr("TLS"));
}

TEST_F(SourceOptions, KeepSecretsOutOfMessages) {
  settings.kafka = {{"ssl.key.pem", "hunter2-canary"}};
  settings.kafka["sasl.oauthbearer.method"] = "hunter2-canary";
  EXPECT_THAT(refused().message, Not(HasSubstr("hunter2")));
}

TEST_F(SourceOptions, RefusePropertiesThatMillraceSetsItself) {
  for (const auto* name : {"bootstrap.servers", "group.id", "enable.auto.commit",
                           "auto.offset.reset", "enable.partition.eof"}) {
    settings.kafka = {{name, "true"}};
    EXPECT_EQ(refused().option, std::string("kafka.") + name);
  }
}

class SinkOptions : public ::testing::Test {
 protected:
  SinkOptions() {
    settings.bootstrap_servers = "127.0.0.1:1";
    settings.topic = "counts";
  }
  Refusal refused() {
    return refusal([&] { make(OutputMode::append); });
  }
  void make(OutputMode mode) { KafkaSink(settings, host.context(), rows, mode); }

  millrace::testing::ThreadedHost host;
  SinkSettings settings;
  Schema rows{{{"key", TypeId::string},
               {"n", TypeId::int64},
               {"tags", list_of(TypeId::string)},
               {"share", TypeId::float64}}};
};

TEST_F(SinkOptions, NeedATopicAndBrokers) {
  settings.topic = "";
  EXPECT_EQ(refused().option, "topic");
  settings.topic = "counts";
  settings.bootstrap_servers = "";
  EXPECT_EQ(refused().option, "bootstrap_servers");
}

TEST_F(SinkOptions, RefuseAKeyThatIsNoText) {
  settings.key = host.column(rows, "tags");
  const auto [option, message] = refused();
  EXPECT_EQ(option, "key");
  EXPECT_THAT(message, HasSubstr("array<string>"));
}

TEST_F(SinkOptions, RefuseAPartitionThatIsNoInteger) {
  settings.partition = host.column(rows, "share");
  EXPECT_EQ(refused().option, "partition");
}

TEST_F(SinkOptions, RefusePropertiesThatMillraceSetsItself) {
  settings.kafka = {{"enable.idempotence", "false"}};
  EXPECT_EQ(refused().option, "kafka.enable.idempotence");
  settings.kafka = {{"transactional.id", "x"}};
  EXPECT_EQ(refused().option, "kafka.transactional.id");
}

TEST_F(SinkOptions, WarnOfUpdatesWithoutAKey) {
  make(OutputMode::append);
  EXPECT_EQ(host.warnings(), 0U);
  make(OutputMode::update);
  EXPECT_TRUE(host.warned_of("without `key`"));
  settings.key = host.column(rows, "key");
  make(OutputMode::update);
  EXPECT_EQ(host.warnings(), 1U);
}

}  // namespace
}  // namespace millrace::kafka
