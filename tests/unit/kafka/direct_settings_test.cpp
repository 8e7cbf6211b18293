#include "plugins/kafka/direct/direct_settings.hpp"

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/error.hpp"

namespace millrace::kafka {
namespace {

DirectSettings settings_of(const StringMap& properties, size_t partitions = 1) {
  const auto settings = direct_settings(properties, partitions);
  EXPECT_TRUE(settings);
  return settings.value_or(DirectSettings());
}

TEST(DirectSettings, AreThoseOfLibrdkafkaUnlessTold) {
  const auto settings = settings_of({});
  EXPECT_EQ(settings.client_id, "rdkafka");
  EXPECT_EQ(settings.wait_max_ms, 500);
  EXPECT_TRUE(settings.committed_only);
  EXPECT_TRUE(settings.check_crcs);
}

TEST(DirectSettings, HeedWhatTheyAreTold) {
  EXPECT_EQ(settings_of({{"client.id", "we"}}).client_id, "we");
  EXPECT_EQ(settings_of({{"fetch.wait.max.ms", "7"}}).wait_max_ms, 7);
  EXPECT_EQ(settings_of({{"fetch.message.max.bytes", "12345"}}).bytes_max, 12'345);
  EXPECT_EQ(settings_of({{"max.partition.fetch.bytes", "12345"}}).bytes_max, 12'345);
  EXPECT_FALSE(settings_of({{"isolation.level", "read_uncommitted"}}).committed_only);
  EXPECT_TRUE(settings_of({{"isolation.level", "read_committed"}}).committed_only);
  EXPECT_FALSE(settings_of({{"check.crcs", "false"}}).check_crcs);
  EXPECT_TRUE(direct_settings({{"security.protocol", "PLAINTEXT"}}, 1));
}

TEST(DirectSettings, DoNotMindWhatIsAboutAskingTheCluster) {
  EXPECT_TRUE(direct_settings({{"metadata.max.age.ms", "1000"},
                               {"reconnect.backoff.max.ms", "1000"},
                               {"reconnect.backoff.ms", "10"},
                               {"retry.backoff.ms", "10"},
                               {"topic.metadata.refresh.fast.interval.ms", "10"},
                               {"topic.metadata.refresh.interval.ms", "1000"}},
                              1));
}

TEST(DirectSettings, AreNoneWhereOnlyLibrdkafkaWillDo) {
  EXPECT_FALSE(direct_settings({{"security.protocol", "ssl"}}, 1));
  EXPECT_FALSE(direct_settings({{"security.protocol", "sasl_plaintext"}}, 1));
  EXPECT_FALSE(direct_settings({{"sasl.mechanism", "PLAIN"}}, 1));
  EXPECT_FALSE(direct_settings({{"ssl.ca.location", "ca.pem"}}, 1));
  EXPECT_FALSE(direct_settings({{"fetch.min.bytes", "1000"}}, 1));
  EXPECT_FALSE(direct_settings({{"client.rack", "a"}}, 1));
  EXPECT_FALSE(direct_settings({{"client.id", "we"}, {"no.such.property", "1"}}, 1));
}

TEST(DirectSettings, AreNoneForManyPartitions) {
  EXPECT_TRUE(direct_settings({}, 64));
  EXPECT_FALSE(direct_settings({}, 65));
}

TEST(DirectSettings, ShareMemoryBetweenPartitions) {
  constexpr int32_t megabyte = 1 << 20;
  EXPECT_EQ(settings_of({}, 0).bytes_max, 4 * megabyte);
  EXPECT_EQ(settings_of({}, 8).bytes_max, 4 * megabyte);
  EXPECT_EQ(settings_of({}, 16).bytes_max, 2 * megabyte);
  EXPECT_EQ(settings_of({}, 64).bytes_max, megabyte);
  EXPECT_EQ(settings_of({{"fetch.message.max.bytes", "12345"}}, 64).bytes_max, 12'345);
}

TEST(DirectSettings, RefuseAValueThatIsNone) {
  EXPECT_THROW(direct_settings({{"fetch.wait.max.ms", "long"}}, 1), Error);
}

}  // namespace
}  // namespace millrace::kafka
