#include "plugins/kafka/dangers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/error.hpp"

namespace millrace::kafka {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string refused_option(const StringMap& given) {
  try {
    refuse_dangers(given);
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::user);
    return error.option;
  }
  return "";
}

TEST(KafkaDangers, PropertiesThatLetStrangersInAreRefused) {
  EXPECT_EQ(refused_option({{"plugin.library.paths", "x"}}), "kafka.plugin.library.paths");
  EXPECT_EQ(refused_option({{"ssl.engine.location", "x"}}), "kafka.ssl.engine.location");
  EXPECT_EQ(refused_option({{"enable.sasl.oauthbearer.unsecure.jwt", "True"}}),
            "kafka.enable.sasl.oauthbearer.unsecure.jwt");
  EXPECT_EQ(refused_option({{"enable.sasl.oauthbearer.unsecure.jwt", "false"}}), "");
  EXPECT_EQ(refused_option({{"security.protocol", "SASL_SSL"}}), "");
}

TEST(KafkaDangers, PlainTextIsForThisMachineOnly) {
  EXPECT_THAT(dangers("localhost:9092, 127.0.0.1:9093,[::1]:9094", {}), IsEmpty());
  EXPECT_THAT(dangers("localhost:9092,kafka:9092", {}),
              ElementsAre(HasSubstr("localhost:9092,kafka:9092 is not encrypted")));
  EXPECT_THAT(dangers("PLAINTEXT://kafka:9092", {{"security.protocol", "sasl_plaintext"}}),
              ElementsAre(HasSubstr("the password")));
  EXPECT_THAT(dangers("kafka:9092", {{"security.protocol", "SSL"}}), IsEmpty());
  EXPECT_THAT(dangers("kafka:9092", {{"security.protocol", "sasl_ssl"}}), IsEmpty());
}

TEST(KafkaDangers, AnUnknownOtherEndIsWarnedOf) {
  EXPECT_THAT(dangers("kafka:9092", {{"security.protocol", "ssl"},
                                     {"ssl.endpoint.identification.algorithm", "none"},
                                     {"enable.ssl.certificate.verification", "false"},
                                     {"debug", "all"}}),
              ElementsAre(HasSubstr("identification.algorithm"), HasSubstr("any server passes"),
                          HasSubstr("debug")));
}

TEST(KafkaDangers, ARefusalOfOneSideDoesNotPass) {
  EXPECT_TRUE(is_refused_access(
      "SASL authentication error: Authentication failed: Invalid username or password"));
  EXPECT_TRUE(is_refused_access("SSL handshake failed: error:0A000086: certificate verify failed"));
  EXPECT_FALSE(is_refused_access("Connect to ipv4#127.0.0.1:1 failed: Connection refused"));
  EXPECT_FALSE(is_refused_access("SSL handshake failed: Disconnected"));
}

}  // namespace
}  // namespace millrace::kafka
