#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/unit/expression/evaluate.hpp"

// Runs the files *.txt beside this one. Their lines:
//
//   columns a long, s string          the columns from here on
//   row 1, 'x'                        a row (more rows follow)
//   set ansi off | set zone NAME      options from here on
//   expression | type | v1 ; v2       its type and a value for each row
//   expression | fails | text         evaluating it is an error whose message contains the text
//   expression | refused | text       binding it is an error whose message or help contains the
//   text
//
// Values are spelled as value_text does. Lines that are empty or begin with # say nothing.
namespace millrace::test {
namespace {

struct Line {
  std::string expression;
  std::string kind;
  std::string expected;
};

Line split_line(const std::string& text) {
  const size_t second = text.rfind(" | ");
  const size_t first = second == std::string::npos ? second : text.rfind(" | ", second - 1);
  if (first == std::string::npos) throw std::runtime_error("not a case: " + text);
  return {text.substr(0, first), text.substr(first + 3, second - first - 3),
          text.substr(second + 3)};
}

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : " ; ") + values[i];
  return text;
}

class CaseFile : public testing::TestWithParam<std::filesystem::path> {
 protected:
  void run(const std::string& text) {
    if (text.empty() || text[0] == '#') return;
    if (text.starts_with("columns ")) return table_.set_columns(text.substr(8));
    if (text.starts_with("row ")) return add_row(text.substr(4));
    if (text.starts_with("set ansi ")) {
      options_.ansi = text.substr(9) == "on";
      return;
    }
    if (text.starts_with("set zone ")) {
      options_.time_zone = text.substr(9);
      return;
    }
    rows_end_ = true;
    check(split_line(text));
    ++cases_;
  }
  int cases() const { return cases_; }

 private:
  void add_row(const std::string& text) {
    if (rows_end_) table_.clear_rows();
    rows_end_ = false;
    table_.add_row(text);
  }

  void check(const Line& line) const {
    const Batch batch = table_.schema().size() == 0 ? empty_batch(1) : table_.batch();
    try {
      const auto result = evaluate(line.expression, batch, options_);
      EXPECT_EQ(result.type, line.kind);
      EXPECT_EQ(joined(result.values), line.expected);
    } catch (const ExpressionError& error) {
      const auto said = error.message + " / " + error.help;
      EXPECT_EQ(line.kind, "refused") << said;
      EXPECT_NE(said.find(line.expected), std::string::npos) << said;
    } catch (const Error& error) {
      EXPECT_EQ(line.kind, "fails") << error.what();
      EXPECT_EQ(error.blame, Blame::data);
      EXPECT_NE(std::string(error.what()).find(line.expected), std::string::npos) << error.what();
    }
  }

  Table table_;
  Options options_;
  bool rows_end_ = false;
  int cases_ = 0;
};

TEST_P(CaseFile, GivesWhatItSays) {
  std::ifstream file(GetParam());
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    SCOPED_TRACE(GetParam().filename().string() + ":" + std::to_string(number) + ": " + text);
    run(text);
  }
  EXPECT_GT(cases(), 0);
}

std::vector<std::filesystem::path> case_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(MILLRACE_TEST_FOLDER))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

INSTANTIATE_TEST_SUITE_P(Files, CaseFile, testing::ValuesIn(case_files()),
                         [](const auto& parameter) { return parameter.param.stem().string(); });

}  // namespace
}  // namespace millrace::test
