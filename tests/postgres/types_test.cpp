#include <limits>

#include "plugins/postgres/column_types.hpp"
#include "tests/postgres/real_postgres.hpp"

namespace millrace::postgres {
namespace {

// One column with a null in front of its values.
class PostgresTypes : public RealPostgres {
 protected:
  using Fill = std::function<void(ColumnBuilder&)>;

  std::string stored(const Type& type, const Fill& fill, const std::string& shown = "value") {
    sql("DROP TABLE IF EXISTS " + settings.table);
    const Schema schema{{{"value", type}}};
    ColumnBuilder builder(type);
    builder.append_null();
    fill(builder);
    const auto rows = builder.length();
    std::vector<Column> columns;
    columns.push_back(builder.finish());
    host.set_job("");
    write(*writer(OutputMode::append, schema), 0,
          {Batch(std::make_shared<const Schema>(schema), std::move(columns), rows)});
    return sql("SELECT pg_typeof(value), " + shown + " FROM " + settings.table);
  }
  template <class Value>
  static Fill values(std::vector<Value> all) {
    return [all](ColumnBuilder& builder) {
      for (const auto each : all) builder.append(each);
    };
  }
  static Fill texts(std::vector<std::string> all) {
    return [all](ColumnBuilder& builder) {
      for (const auto& each : all) builder.append_bytes(each);
    };
  }
};

TEST_F(PostgresTypes, Booleans) {
  EXPECT_EQ(stored(TypeId::boolean,
                   [](ColumnBuilder& builder) {
                     builder.append_boolean(true);
                     builder.append_boolean(false);
                   }),
            "boolean|NULL\nboolean|t\nboolean|f\n");
}

TEST_F(PostgresTypes, Integers) {
  EXPECT_EQ(stored(TypeId::int32, values<int32_t>({std::numeric_limits<int32_t>::min(), 7})),
            "integer|NULL\ninteger|-2147483648\ninteger|7\n");
  EXPECT_EQ(stored(TypeId::int64, values<int64_t>({std::numeric_limits<int64_t>::min(),
                                                   std::numeric_limits<int64_t>::max()})),
            "bigint|NULL\nbigint|-9223372036854775808\nbigint|9223372036854775807\n");
}

TEST_F(PostgresTypes, FloatingNumbers) {
  using Double = std::numeric_limits<double>;
  EXPECT_EQ(stored(TypeId::float64, values<double>({0.1, -1e300, Double::infinity(),
                                                    -Double::infinity(), Double::quiet_NaN()})),
            "double precision|NULL\ndouble precision|0.1\ndouble precision|-1e+300\n"
            "double precision|Infinity\ndouble precision|-Infinity\ndouble precision|NaN\n");
  EXPECT_EQ(stored(TypeId::float32, values<float>({0.1F})), "real|NULL\nreal|0.1\n");
}

TEST_F(PostgresTypes, Decimals) {
  EXPECT_EQ(stored(decimal_of(10, 2), values<Int128>({Int128{150}, Int128{-1}, Int128{0}})),
            "numeric|NULL\nnumeric|1.50\nnumeric|-0.01\nnumeric|0.00\n");
}

TEST_F(PostgresTypes, Texts) {
  EXPECT_EQ(stored(TypeId::string, texts({"", "\\N", "a\tb\\c", "\xC3\xA4\xF0\x9F\x98\x80"})),
            "text|NULL\ntext|\ntext|\\N\ntext|a\tb\\c\ntext|\xC3\xA4\xF0\x9F\x98\x80\n");
  EXPECT_EQ(stored(TypeId::string, texts({"a\nb\r\nc"}), "encode(value::bytea, 'hex')"),
            "text|NULL\ntext|610a620d0a63\n");
}

TEST_F(PostgresTypes, Bytes) {
  EXPECT_EQ(stored(TypeId::binary, texts({std::string("\0\xFF\\\n", 4), ""})),
            "bytea|NULL\nbytea|\\x00ff5c0a\nbytea|\\x\n");
}

TEST_F(PostgresTypes, DatesOfAllYears) {
  EXPECT_EQ(stored(TypeId::date, values<int32_t>({0, -719'163, 2'932'897, -734'871})),
            "date|NULL\ndate|1970-01-01\ndate|0001-12-31 BC\ndate|10000-01-01\n"
            "date|0044-12-29 BC\n");
}

TEST_F(PostgresTypes, TimestampsInUtcWithMicroseconds) {
  EXPECT_EQ(
      stored(TypeId::timestamp, values<int64_t>({1'704'067'200'123'456, -1, 253'402'300'800'000'000,
                                                 -62'135'596'800'000'001})),
      "timestamp with time zone|NULL\n"
      "timestamp with time zone|2024-01-01 00:00:00.123456+00\n"
      "timestamp with time zone|1969-12-31 23:59:59.999999+00\n"
      "timestamp with time zone|10000-01-01 00:00:00+00\n"
      "timestamp with time zone|0001-12-31 23:59:59.999999+00 BC\n");
}

TEST_F(PostgresTypes, Intervals) {
  EXPECT_EQ(stored(TypeId::duration, values<int64_t>({5'400'000'001, -1})),
            "interval|NULL\ninterval|01:30:00.000001\ninterval|-00:00:00.000001\n");
}

TEST_F(PostgresTypes, ListsAreArrays) {
  EXPECT_EQ(
      stored(
          list_of(TypeId::string),
          [](ColumnBuilder& builder) {
            for (const auto* item : {"a", "NULL", "", "q\"\\,{}\n"})
              builder.child().append_bytes(item);
            builder.child().append_null();
            builder.end_nested();
            builder.end_nested();
          },
          "value, array_length(value, 1)"),
      "text[]|NULL|NULL\ntext[]|{a,\"NULL\",\"\",\"q\\\"\\\\,{}\n\",NULL}|5\ntext[]|{}|NULL\n");
  EXPECT_EQ(stored(list_of(TypeId::binary),
                   [](ColumnBuilder& builder) {
                     builder.child().append_bytes("\x01");
                     builder.end_nested();
                   }),
            "bytea[]|NULL\nbytea[]|{\"\\\\x01\"}\n");
}

TEST_F(PostgresTypes, StructuresAreJson) {
  const Type pair(TypeId::structure, {{"a", TypeId::int64}, {"b", TypeId::string}});
  EXPECT_EQ(stored(pair,
                   [](ColumnBuilder& builder) {
                     builder.child(0).append(int64_t{1});
                     builder.child(1).append_bytes("x\"\\y");
                     builder.end_nested();
                   }),
            "jsonb|NULL\njsonb|{\"a\": 1, \"b\": \"x\\\"\\\\y\"}\n");
}

TEST_F(PostgresTypes, TextFitsJsonUuidAndEnums) {
  settings.create_table = false;
  const Schema schema{{{"j", TypeId::string}, {"u", TypeId::string}, {"e", TypeId::string}}};
  sql("SET search_path = " + space +
      "; CREATE TYPE mood AS ENUM ('fine'); CREATE TABLE totals (j "
      "jsonb, u uuid, e mood, more text DEFAULT 'd'); GRANT ALL ON totals TO millrace");
  std::vector<Column> columns;
  for (const auto* text : {"[1]", "00000000-0000-0000-0000-000000000001", "fine"}) {
    ColumnBuilder builder(TypeId::string);
    builder.append_bytes(text);
    columns.push_back(builder.finish());
  }
  write(*writer(OutputMode::append, schema), 0,
        {Batch(std::make_shared<const Schema>(schema), std::move(columns), 1)});
  EXPECT_EQ(sql("SELECT * FROM totals"), "[1]|00000000-0000-0000-0000-000000000001|fine|d\n");
}

TEST_F(PostgresTypes, NulInTextIsBadData) {
  const auto error = failure([&] { stored(TypeId::string, texts({std::string("a\0b", 3)})); });
  EXPECT_EQ(error.blame, Blame::data);
  EXPECT_THAT(error.what(),
              ::testing::HasSubstr("column \"value\" of row 1 of the epoch has a NUL"));
  EXPECT_EQ(error.row, 1);
}

ColumnType column(const std::string& name, char category, int modifier = -1) {
  return {name, name, category, modifier, "", 'X'};
}
int numeric(int precision, int scale) { return (precision << 16 | (scale & 0x7ff)) + 4; }

TEST(PostgresFit, NoValueMayGetLost) {
  EXPECT_EQ(fit(TypeId::int64, column("int8", 'N')), Fit::all);
  EXPECT_EQ(fit(TypeId::int64, column("int4", 'N')), Fit::no);
  EXPECT_EQ(fit(TypeId::int64, column("float8", 'N')), Fit::no);
  EXPECT_EQ(fit(TypeId::int32, column("int8", 'N')), Fit::all);
  EXPECT_EQ(fit(TypeId::float64, column("numeric", 'N')), Fit::all);
  EXPECT_EQ(fit(TypeId::float64, column("numeric", 'N', numeric(20, 4))), Fit::no);
  EXPECT_EQ(fit(decimal_of(10, 2), column("numeric", 'N', numeric(12, 2))), Fit::all);
  EXPECT_EQ(fit(decimal_of(10, 2), column("numeric", 'N', numeric(10, 3))), Fit::no);
  EXPECT_EQ(fit(decimal_of(10, 2), column("numeric", 'N', numeric(12, 1))), Fit::no);
  EXPECT_EQ(fit(decimal_of(10, 2), column("numeric", 'N', numeric(12, -1))), Fit::no);
  EXPECT_EQ(fit(TypeId::string, column("int4", 'N')), Fit::no);
  EXPECT_EQ(fit(TypeId::string, column("varchar", 'S')), Fit::all);
  EXPECT_EQ(fit(TypeId::int64, column("text", 'S')), Fit::all);
  EXPECT_EQ(fit(TypeId::timestamp, column("date", 'D')), Fit::no);
  EXPECT_EQ(fit(TypeId::timestamp, column("timestamptz", 'D', 3)), Fit::rounded);
  EXPECT_EQ(fit(TypeId::timestamp, column("timestamptz", 'D')), Fit::all);
  EXPECT_EQ(fit(list_of(TypeId::int64), {"bigint[]", "_int8", 'A', -1, "int8", 'N'}), Fit::all);
  EXPECT_EQ(fit(list_of(TypeId::int64), {"integer[]", "_int4", 'A', -1, "int4", 'N'}), Fit::no);
  EXPECT_EQ(fit(list_of(TypeId::int64), column("jsonb", 'U')), Fit::all);
}

}  // namespace
}  // namespace millrace::postgres
