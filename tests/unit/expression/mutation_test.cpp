#include <random>

#include <gtest/gtest.h>

#include "core/expression/function.hpp"
#include "core/expression/parse.hpp"
#include "core/expression/program.hpp"
#include "tests/support/stride.hpp"
#include "tests/unit/expression/evaluate.hpp"

// Examples of the documentation, cut up and put together at random: whatever comes of it, the only
// outcomes are a result with a value for each row, an ExpressionError that points into the text, or
// an Error that blames the data. Run with sanitizers, this finds undefined behaviour.
namespace millrace::test {
namespace {

/// Words that stand for operands and operators in the mutations.
std::vector<std::string> vocabulary() {
  std::vector<std::string> words{"a",
                                 "b",
                                 "i",
                                 "x",
                                 "f",
                                 "s",
                                 "p",
                                 "t",
                                 "d",
                                 "ts",
                                 "NULL",
                                 "(",
                                 ")",
                                 ",",
                                 "''",
                                 "0",
                                 "-1",
                                 "1e308",
                                 "9223372036854775807",
                                 "-9223372036854775808",
                                 "2147483647",
                                 "cast('NaN' as double)",
                                 "AND",
                                 "OR",
                                 "NOT",
                                 "IS NULL",
                                 "CASE WHEN",
                                 "THEN",
                                 "ELSE",
                                 "END",
                                 "::int",
                                 "::string",
                                 "::timestamp",
                                 "::date",
                                 "interval '1 month'",
                                 "interval '1 day'",
                                 "timestamp_micros(9223372036854775807)",
                                 "timestamp_micros(-9223372036854775807)",
                                 "date_from_unix_date(2147483647)",
                                 "\"",
                                 "'",
                                 "--",
                                 "/*"};
  for (const auto& function : all_functions())
    for (const auto& name : function.names)
      words.push_back(std::isalpha(static_cast<unsigned char>(name[0])) ? name + "(" : name);
  return words;
}

Batch sample_batch() {
  Table table;
  table.set_columns(
      "a long, b long, i int, x double, f float, s string, p string, t boolean, d date, ts "
      "timestamp");
  table.add_row("1, 0, 2, 1.5, 2.5, 'Hello', 'l', true, '2024-02-29', '2024-02-29 12:00:00'");
  table.add_row("NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL");
  table.add_row(
      "-9223372036854775807, 9223372036854775807, -2147483648, 'NaN', 'Infinity', 'Straße', "
      "'%', false, '0001-01-01', '1969-12-31 23:59:59.999999'");
  table.add_row(
      "64, -1, 2147483647, 1e308, -0.0, '', '', true, '9999-12-31', '9999-12-31 23:59:59'");
  return table.batch();
}

void check(const std::string& text, const Batch& batch, const Options& options) {
  try {
    const auto program = bind(parse(text), batch.schema(), options);
    const Column column = program->evaluate(batch);
    EXPECT_EQ(column.length, batch.size()) << text;
    EXPECT_EQ(column.type, program->type()) << text;
  } catch (const ExpressionError& error) {
    EXPECT_LE(error.begin, error.end) << text;
    EXPECT_LE(error.end, text.size()) << text;
    EXPECT_FALSE(error.message.empty()) << text;
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data) << text << ": " << error.what();
  }
}

TEST(Mutations, NeverDoAnythingElseThanEvaluateOrRefuse) {
  const auto words = vocabulary();
  std::vector<std::string> examples;
  for (const auto& function : all_functions())
    for (const auto& example : function.examples) examples.push_back(example.expression);
  const Batch batch = sample_batch();
  std::mt19937 random(20240229);  // NOLINT: the same texts in every run
  const auto pick = [&](size_t count) { return random() % count; };
  const std::vector<Options> options{{true, "UTC"}, {false, "UTC"}, {true, "Europe/Berlin"}};
  for (size_t round = 0; round < 6000; round += stride(5)) {
    auto text = examples[pick(examples.size())];
    const size_t changes = 1 + pick(3);
    for (size_t i = 0; i < changes; ++i) {
      const size_t at = pick(text.size() + 1);
      switch (pick(4)) {
        case 0:
          text.insert(at, " " + words[pick(words.size())] + " ");
          break;
        case 1:
          text.erase(at, 1 + pick(4));
          break;
        case 2: {  // A number or a quoted text becomes a column.
          const size_t from = text.find_first_of("0123456789'", at);
          if (from == std::string::npos) break;
          const size_t to = text[from] == '\'' ? text.find('\'', from + 1)
                                               : text.find_first_not_of("0123456789.", from) - 1;
          const size_t end = std::min(to, text.size() - 1);
          text.replace(from, end - from + 1, words[pick(10)]);
          break;
        }
        default:
          text = words[pick(words.size())] + " " + text + ")";
      }
      if (text.empty()) text = "a";
    }
    check(text, batch, options[pick(options.size())]);
  }
}

// Every function with every kind of column, as far as its types allow.
TEST(Mutations, EveryFunctionTakesEveryColumn) {
  const Batch batch = sample_batch();
  const std::vector<std::string> columns{"a",
                                         "i",
                                         "x",
                                         "f",
                                         "s",
                                         "t",
                                         "d",
                                         "ts",
                                         "NULL",
                                         "timestamp_micros(9223372036854775807)",
                                         "date_from_unix_date(-2147483648)"};
  std::mt19937 random(1);  // NOLINT: the same texts in every run
  size_t pairs = 0;
  for (const auto& function : all_functions()) {
    const auto& name = function.names[0];
    if (!std::isalpha(static_cast<unsigned char>(name[0])) || name.find(' ') != std::string::npos)
      continue;
    for (const auto& first : columns) {
      const bool ansi = random() % 2 == 0;
      check(name + "(" + first + ")", batch, {ansi, "Asia/Kolkata"});
      for (const auto* const second : {"i", "s", "ts", "NULL"}) {
        if (++pairs % stride(5) != 0) continue;
        check(name + "(" + first + ", " + second + ")", batch, {ansi, "UTC"});
        check(name + "(" + first + ", " + second + ", b)", batch, {!ansi, "UTC"});
      }
    }
  }
}

}  // namespace
}  // namespace millrace::test
