#include "plugins/file/line_reader.hpp"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/file/source_run.hpp"

namespace millrace::file {
namespace {

class LineReaderTest : public ::testing::Test {
 protected:
  std::string lines(const std::string& text, const LineOptions& options = {}) {
    scratch_.write("f", text);
    LineReader reader(scratch_.path("f"), {"0", 0, static_cast<int64_t>(text.size()), "f"}, 1,
                      options, {value_column});
    std::string found;
    batches_ = 0;
    for (Batch batch; reader.read(0, batch) == Read::rows; ++batches_)
      for (const Row row : batch) (found += row.text(0)) += '|';
    return found;
  }

  testing::ScratchDirectory scratch_;
  int batches_ = 0;
};

TEST_F(LineReaderTest, SplitsAtNewlines) {
  EXPECT_EQ(lines("a\nb\r\nc"), "a|b|c|");
  EXPECT_EQ(lines(""), "");
  EXPECT_EQ(lines("\xef\xbb\xbf{}\n"), "{}|");
}

TEST_F(LineReaderTest, BlankLinesAreSkippedUnlessWanted) {
  EXPECT_EQ(lines("a\n\n \t\r\nb\n"), "a|b|");
  EXPECT_EQ(lines("a\n\nb\n\n", {false, false}), "a||b||");
}

TEST_F(LineReaderTest, AHeaderIsNotARecord) {
  EXPECT_EQ(lines("k,v\na,1\n", {true, true}), "a,1|");
  EXPECT_EQ(lines("k,v", {true, true}), "");
}

TEST_F(LineReaderTest, LinesOfEverySizeSurviveTheBuffer) {
  std::mt19937 random(3);
  std::string text;
  std::string expected;
  for (int i = 0; i < 40'000; ++i) {
    const size_t size = i % 5000 == 0 ? 3'000'000 : random() % 60 + 1;
    const std::string line(size, static_cast<char>('a' + i % 26));
    text += line + "\n";
    expected += line + "|";
  }
  EXPECT_TRUE(lines(text) == expected);
  EXPECT_GT(batches_, 2);
}

TEST_F(LineReaderTest, KnowsWhereALineStands) {
  scratch_.write("f", "aa\n\nb\n");
  LineReader reader(scratch_.path("f"), {"0", 0, 6, "f"}, 1, {},
                    {line_column, offset_column, value_column, file_column});
  Batch batch;
  ASSERT_EQ(reader.read(0, batch), Read::rows);
  EXPECT_EQ(batch.column("line").int64(1), 3);
  EXPECT_EQ(batch.column("offset").int64(1), 4);
  EXPECT_EQ(batch.column("value").text(1), "b");
  EXPECT_EQ(batch.column("file").text(1), scratch_.path("f"));
  EXPECT_EQ(reader.read(0, batch), Read::end);
}

TEST_F(LineReaderTest, CountsLinesWithoutReadingColumns) {
  scratch_.write("f", "a\nb\n");
  LineReader reader(scratch_.path("f"), {"0", 0, 4, "f"}, 1, {}, {});
  Batch batch;
  ASSERT_EQ(reader.read(0, batch), Read::rows);
  EXPECT_EQ(batch.size(), 2);
}

}  // namespace
}  // namespace millrace::file
