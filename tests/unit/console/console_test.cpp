#include <limits>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/console/cell_text.hpp"
#include "plugins/console/console_sink.hpp"
#include "tests/support/plugin/fake_host.hpp"

namespace millrace::console {
namespace {

using ::testing::HasSubstr;

Batch counts(int64_t rows) {
  const Schema schema{{{"window_start", TypeId::timestamp},
                       {"key", TypeId::string},
                       {"offset", TypeId::int64, true},
                       {"n", TypeId::int64}}};
  ColumnBuilder start(TypeId::timestamp), key(TypeId::string), offset(TypeId::int64),
      n(TypeId::int64);
  for (int64_t i = 0; i < rows; ++i) {
    start.append(int64_t{1'704'067'200'000'000} + i * 500'000);
    if (i == 1)
      key.append_null();
    else
      key.append_bytes("a key that is rather long");
    offset.append(i);
    n.append(i);
  }
  std::vector<Column> columns;
  columns.push_back(start.finish());
  columns.push_back(key.finish());
  columns.push_back(offset.finish());
  columns.push_back(n.finish());
  return {std::make_shared<const Schema>(schema), std::move(columns), rows};
}

std::string shown(const ConsoleSettings& settings, const Batch& rows) {
  testing::FakeHost host;
  return ConsoleSink(settings, host.context()).text_of(rows, 3);
}

TEST(Console, PrintsATableLikeSparks) {
  EXPECT_EQ(shown({}, counts(2)),
            "-------------------------------------------\n"
            "Batch: 3\n"
            "-------------------------------------------\n"
            "+--------------------+--------------------+---+\n"
            "|        window_start|                 key|  n|\n"
            "+--------------------+--------------------+---+\n"
            "| 2024-01-01 00:00:00|a key that is rat...|  0|\n"
            "|2024-01-01 00:00:...|                NULL|  1|\n"
            "+--------------------+--------------------+---+\n"
            "\n");
}

TEST(Console, WithoutCuttingCellsStandToTheLeft) {
  EXPECT_THAT(shown({{}, "false", "table"}, counts(2)),
              HasSubstr("|window_start         |key                      |n  |\n"
                        "+---------------------+-------------------------+---+\n"
                        "|2024-01-01 00:00:00  |a key that is rather long|0  |\n"
                        "|2024-01-01 00:00:00.5|NULL                     |1  |\n"));
  EXPECT_THAT(shown({{}, "5", "table"}, counts(1)), HasSubstr("|20...|a ...|  0|\n"));
  EXPECT_THAT(shown({{}, "0", "table"}, counts(1)), HasSubstr("|a key that is rather long|"));
}

TEST(Console, SaysThatThereIsMore) {
  EXPECT_THAT(shown({}, counts(21)), HasSubstr("+\nonly showing top 20 rows\n\n"));
  EXPECT_THAT(shown({1, "true", "table"}, counts(2)), HasSubstr("only showing top 1 row\n"));
  EXPECT_THAT(shown({}, counts(20)), ::testing::Not(HasSubstr("only")));
}

TEST(Console, AnEmptyEpochIsAnEmptyTable) {
  EXPECT_THAT(shown({}, counts(0)), HasSubstr("+------------+---+---+\n"
                                              "|window_start|key|  n|\n"
                                              "+------------+---+---+\n"
                                              "+------------+---+---+\n"));
}

TEST(Console, PrintsALinePerValue) {
  EXPECT_THAT(shown({{}, "true", "vertical"}, counts(1)),
              HasSubstr("-RECORD 0----------------------------\n"
                        " window_start | 2024-01-01 00:00:00  \n"
                        " key          | a key that is rat... \n"
                        " n            | 0                    \n"));
}

TEST(Console, PrintsJsonLinesAndNothingElse) {
  const auto text = shown({{}, "true", "json"}, counts(30));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 30);
  EXPECT_TRUE(
      text.starts_with("{\"window_start\":\"2024-01-01T00:00:00Z\",\"key\":\"a key that "
                       "is rather long\",\"n\":0}\n"));
}

TEST(Console, WritesToItsDescriptor) {
  testing::FakeHost host;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ConsoleSink sink({{}, "true", "json"}, host.context(), ends[1]);
  sink.write(counts(1), 0);
  char text[200];
  const auto size = ::read(ends[0], text, sizeof text);
  EXPECT_THAT(std::string(text, static_cast<size_t>(size)), HasSubstr("\"n\":0}\n"));
  ::close(ends[0]);
  ::close(ends[1]);
  ConsoleSink closed({}, host.context(), ends[1]);
  EXPECT_THROW(closed.write(counts(1), 0), Error);
}

TEST(Console, RefusesBadOptions) {
  EXPECT_THROW(shown({{}, "yes", "table"}, counts(0)), Error);
  EXPECT_THROW(shown({{}, "-1", "table"}, counts(0)), Error);
  EXPECT_THROW(shown({-1, "true", "table"}, counts(0)), Error);
  EXPECT_THROW(shown({{}, "true", "csv"}, counts(0)), Error);
}

std::string cell(double value) {
  ColumnBuilder builder(TypeId::float64);
  builder.append(value);
  std::string text;
  append_cell(builder.finish(), 0, text);
  return text;
}

TEST(Cell, DoublesAreSpelledAsJavaDoes) {
  EXPECT_EQ(cell(0), "0.0");
  EXPECT_EQ(cell(-0.0), "-0.0");
  EXPECT_EQ(cell(1), "1.0");
  EXPECT_EQ(cell(0.1), "0.1");
  EXPECT_EQ(cell(0.001), "0.001");
  EXPECT_EQ(cell(0.0001), "1.0E-4");
  EXPECT_EQ(cell(9999999), "9999999.0");
  EXPECT_EQ(cell(1e7), "1.0E7");
  EXPECT_EQ(cell(1.2345e-10), "1.2345E-10");
  EXPECT_EQ(cell(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(cell(-std::numeric_limits<double>::infinity()), "-Infinity");
}

TEST(Cell, OtherTypes) {
  const auto text_of = [](ColumnBuilder&& builder) {
    std::string text;
    append_cell(builder.finish(), 0, text);
    return text;
  };
  ColumnBuilder binary(TypeId::binary);
  binary.append_bytes("h\x01");
  EXPECT_EQ(text_of(std::move(binary)), "[68 01]");
  ColumnBuilder control(TypeId::string);
  control.append_bytes("a\nb\x1b[31m");
  EXPECT_EQ(text_of(std::move(control)), "a\\nb\xef\xbf\xbd[31m");
  ColumnBuilder list(list_of(TypeId::int32));
  list.child().append(int32_t{1});
  list.child().append_null();
  list.end_nested();
  EXPECT_EQ(text_of(std::move(list)), "[1, NULL]");
  ColumnBuilder structure(Type{TypeId::structure, {{"a", TypeId::boolean}, {"b", TypeId::date}}});
  structure.child(0).append_boolean(true);
  structure.child(1).append(int32_t{19'723});
  structure.end_nested();
  EXPECT_EQ(text_of(std::move(structure)), "{true, 2024-01-01}");
}

TEST(Cell, WidthIsWhatATerminalShows) {
  EXPECT_EQ(display_width("aé€"), 3U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("e\xcc\x81"), 1U);
  EXPECT_EQ(display_width("\xff\xc3"), 2U);
  EXPECT_EQ(cut_to_width("日本語日本語", 7), "日本...");
  EXPECT_EQ(cut_to_width("abcdef", 3), "abc");
}

}  // namespace
}  // namespace millrace::console
