#include "core/diagnostics/secrets.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/diagnostics/diagnostic.hpp"

namespace millrace {
namespace {

TEST(WithoutSecrets, StarsOutWhatStandsBehindAPassword) {
  EXPECT_EQ(without_secrets(R"(password = "hunter2")"), R"(password = "*******")");
  EXPECT_EQ(without_secrets(R"("sasl.password"='hunter2' # mine)"),
            R"("sasl.password"='*******' # mine)");
  EXPECT_EQ(without_secrets(
                R"(kafka = { "sasl.username" = "ann", "sasl.password" = "a,b\"c", retries = 1 })"),
            R"(kafka = { "sasl.username" = "ann", "sasl.password" = "****"*", retries = 1 })");
  EXPECT_EQ(without_secrets(R"(tokens = ["one", "two"])"), R"(tokens = ["***", "***"])");
}

TEST(WithoutSecrets, KeepsEverythingElse) {
  for (const std::string line : {R"(topic = "password")", R"([sinks."secret"])",
                                 "size = \"10 seconds\"", "", "\"", R"(where = "token = 'a'")"})
    EXPECT_EQ(without_secrets(line), line);
}

TEST(WithoutSecrets, KeepsReferencesButNotTheirDefaults) {
  EXPECT_EQ(without_secrets(R"(dsn = "postgresql://${USER}:pw@${HOST}/db")"),
            R"(dsn = "*************${USER}****${HOST}***")");
  EXPECT_EQ(without_secrets(R"(password = "${PW:-hunter2}")"), R"(password = "${PW**********")");
}

TEST(WithoutSecrets, KeepsColumnsWhereCharactersHaveManyBytes) {
  EXPECT_EQ(without_secrets("secret = \"schlüssel\", x = 1"), "secret = \"*********\", x = 1");
}

TEST(WithoutSecrets, StarsOutAStringThatIsNotClosed) {
  EXPECT_EQ(without_secrets("password = \"hunter2"), "password = \"*******");
  EXPECT_EQ(without_secrets("password = \"\"\"hunter2"), "password = \"\"\"*******");
}

TEST(WithoutSecrets, HoldsForMessages) {
  Diagnostics diagnostics(SourceFile("p.toml", R"(kafka = { password = "hunter2", wrong = 1 })"));
  diagnostics.error(codes::unknown_key, "unknown").at({1, 34, 39}, "here");
  std::ostringstream text;
  diagnostics.render(text);
  EXPECT_THAT(text.str(), testing::Not(testing::HasSubstr("hunter2")));
  EXPECT_THAT(text.str(), testing::HasSubstr("wrong = 1"));
}

}  // namespace
}  // namespace millrace
