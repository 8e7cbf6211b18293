#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/postgres/connection.hpp"
#include "plugins/postgres/names.hpp"

namespace millrace::postgres {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Schema schema{{{"key", TypeId::string}, {"n", TypeId::int64}, {"l", list_of(TypeId::int64)}}};

SinkSettings good() {
  SinkSettings settings;
  settings.dsn = "host=db user=etl";
  settings.table = "totals";
  settings.key = {"key"};
  return settings;
}

// "option: message" of what is wrong with them.
std::string fault(const SinkSettings& settings, OutputMode mode = OutputMode::update,
                  const Schema& rows = schema) {
  try {
    check(settings, rows, mode);
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::user);
    return error.option + ": " + error.what();
  }
  return "";
}

TEST(PostgresSettings, GoodOnesPass) { EXPECT_EQ(fault(good()), ""); }

TEST(PostgresSettings, ABadConnectionStringIsNotRepeated) {
  auto settings = good();
  for (const auto* dsn :
       {"host=db password=my s3cret", "postgresql://etl:s3cret%zz@db/x", "s3cret"}) {
    settings.dsn = dsn;
    EXPECT_THAT(fault(settings), HasSubstr("dsn: this is no connection string"));
    EXPECT_THAT(fault(settings), Not(HasSubstr("s3cret")));
  }
}

TEST(PostgresSettings, UpdateNeedsAKey) {
  auto settings = good();
  settings.key = {};
  EXPECT_THAT(fault(settings), HasSubstr("key: output_mode = \"update\" needs the columns"));
  settings.key = {"user"};
  EXPECT_THAT(fault(settings), HasSubstr("key: the rows have no column \"user\""));
  settings.key = {"key", "key"};
  EXPECT_THAT(fault(settings), HasSubstr("key: column \"key\" is named twice"));
  settings.key = {"l"};
  EXPECT_THAT(fault(settings), HasSubstr("an array<long>, which cannot tell rows apart"));
}

TEST(PostgresSettings, ElsewhereAKeyIsThatOfACreatedTable) {
  auto settings = good();
  EXPECT_THAT(fault(settings, OutputMode::append), HasSubstr("key: "));
  settings.create_table = true;
  EXPECT_EQ(fault(settings, OutputMode::append), "");
}

TEST(PostgresSettings, NamesTooLongForPostgresAreRefused) {
  const Schema rows{{{std::string(64, 'x'), TypeId::string}}};
  auto settings = good();
  settings.key = {};
  EXPECT_THAT(fault(settings, OutputMode::append, rows), HasSubstr("1 to 63 bytes"));
  settings.table = std::string(64, 'x');
  EXPECT_THAT(fault(settings), HasSubstr("table: "));
}

TEST(PostgresNames, AreReadAsSqlReadsThem) {
  EXPECT_EQ(parse_name("Sales.Totals", "table").sql(), R"("sales"."totals")");
  EXPECT_EQ(parse_name(R"("Sales"."a.b ""c""")", "table").sql(), R"("Sales"."a.b ""c""")");
  EXPECT_EQ(parse_name("t_1$", "table").sql(), R"("t_1$")");
  for (const auto* bad : {"", "a.", ".a", "a.b.c", "a b", "\"a", "\"a\"b", "\"\"", "1a", "a;drop"})
    EXPECT_THROW(parse_name(bad, "table"), Error) << bad;
}

TEST(PostgresErrors, AreBlamedOnWhoCanAct) {
  EXPECT_EQ(blame_of("40P01"), Blame::external);
  EXPECT_EQ(retry_of("40001"), Retry::with_backoff);
  EXPECT_EQ(retry_of("57P01"), Retry::with_backoff);
  EXPECT_EQ(blame_of("23505"), Blame::data);
  EXPECT_EQ(retry_of("23505"), Retry::never);
  EXPECT_EQ(blame_of("22001"), Blame::data);
  EXPECT_EQ(blame_of("28P01"), Blame::user);
  EXPECT_EQ(blame_of("42501"), Blame::user);
  EXPECT_EQ(blame_of(""), Blame::external);
  EXPECT_EQ(retry_of(""), Retry::with_backoff);
  EXPECT_EQ(blame_of("XX000"), Blame::external);
  EXPECT_EQ(retry_of("XX000"), Retry::never);
}

}  // namespace
}  // namespace millrace::postgres
