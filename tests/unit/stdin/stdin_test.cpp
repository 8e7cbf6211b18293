#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/stdin/stdin_source.hpp"
#include "tests/support/plugin/fake_host.hpp"

namespace millrace {
namespace {

class Pipe {
 public:
  Pipe() {
    if (::pipe(ends_) != 0) throw std::runtime_error("pipe failed");
  }
  ~Pipe() {
    end();
    ::close(ends_[0]);
  }
  int out() const { return ends_[0]; }
  void write(const std::string& text) const {
    ASSERT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void end() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }

 private:
  int ends_[2];
};

class StdinTest : public ::testing::Test {
 protected:
  // The lines of an epoch, each followed by "|".
  std::string epoch(StdinSource& source, bool without_limit = false) {
    plan_ = source.plan(position_, target_, without_limit);
    std::string text;
    for (const auto& range : plan_.ranges) text += lines(source, range);
    position_ = plan_.position;
    return text;
  }
  static std::string lines(StdinSource& source, const Range& range) {
    std::string text;
    const auto reader = source.open(range, {0, 1});
    for (Batch batch; reader->read(0, batch) == Read::rows;)
      for (const Row row : batch) (text += row.text(0)) += '|';
    return text;
  }
  // Everything up to the end of the pipe, in as many epochs as it takes.
  std::string all(StdinSource& source) {
    target_ = source.latest(position_);
    std::string text;
    for (std::string part; !(part = epoch(source)).empty();) text += part;
    return text;
  }

  testing::FakeHost host_;
  Pipe pipe_;
  std::string position_;
  std::string target_;
  InputPlan plan_;
};

TEST_F(StdinTest, AFixedEndIsTheEndOfThePipe) {
  StdinSource source({}, host_.context(), pipe_.out());
  pipe_.write("1\r\n\n2\n");
  std::thread writer([this] {
    pipe_.write("3\n4");
    pipe_.end();
  });
  EXPECT_EQ(all(source), "1|2|3|4|");
  writer.join();
  EXPECT_EQ(position_, "{\"line\":4}");
}

TEST_F(StdinTest, TakesFewerLinesAtATimeWhereTheEngineSaysSo) {
  StdinSource source({}, host_.context(), pipe_.out());
  source.limit(2);
  pipe_.write("1\n2\n3\n4\n5");
  pipe_.end();
  target_ = source.latest("");
  EXPECT_EQ(epoch(source, false), "1|2|");
  EXPECT_EQ(epoch(source), "3|4|");
  EXPECT_EQ(epoch(source), "5|");
  EXPECT_EQ(epoch(source), "");
}

TEST_F(StdinTest, OnceWaitsForTheEnd) {
  StdinSource source({}, host_.context(), pipe_.out());
  target_ = source.latest("");
  std::thread writer([this] {
    for (int i = 0; i < 100; ++i) pipe_.write(std::to_string(i) + "\n");
    pipe_.end();
  });
  const auto text = epoch(source, true);
  writer.join();
  EXPECT_EQ(std::count(text.begin(), text.end(), '|'), 100);
}

TEST_F(StdinTest, ALookAfterTheFirstDoesNotWait) {
  StdinSource source({}, host_.context(), pipe_.out());
  pipe_.write("1\n");
  target_ = source.latest("");
  EXPECT_EQ(epoch(source), "1|");
  target_ = source.latest(position_);
  EXPECT_EQ(epoch(source), "");
}

TEST_F(StdinTest, LinesAreHeldUntilTheirEpochIsCommitted) {
  StdinSource source({}, host_.context(), pipe_.out());
  pipe_.write("1\n");
  target_ = source.latest("");
  EXPECT_EQ(epoch(source), "1|");
  EXPECT_EQ(lines(source, plan_.ranges.at(0)), "1|") << "the epoch may run again";
  source.committed(position_);
  EXPECT_THROW(lines(source, plan_.ranges.at(0)), Error);
}

TEST_F(StdinTest, NumbersGoOnAfterARestartAndLostLinesAreTold) {
  position_ = "{\"line\":7}";
  StdinSource source({}, host_.context(), pipe_.out());
  EXPECT_EQ(lines(source, {"0", 5, 7, ""}), "");
  ASSERT_EQ(host_.log.size(), 1U);
  EXPECT_THAT(host_.log[0], ::testing::HasSubstr("lines 6 to 7 of standard input went to a run"));
  pipe_.write("8\n");
  pipe_.end();
  EXPECT_EQ(all(source), "8|");
  EXPECT_EQ(position_, "{\"line\":8}");
}

TEST_F(StdinTest, AWaitEndsWhenThePipelineStops) {
  StdinSource source({}, host_.context(), pipe_.out());
  host_.stopping = true;
  EXPECT_EQ(all(source), "");
}

TEST_F(StdinTest, BlankLinesMayBeRecords) {
  StdinSource source({false}, host_.context(), pipe_.out());
  pipe_.write("\n1\n\n");
  pipe_.end();
  EXPECT_EQ(all(source), "|1||");
}

TEST_F(StdinTest, AFullBufferHoldsTheWriterBack) {
  LineBuffer lines(0, true, 10);
  EXPECT_TRUE(lines.add("0123456789\nrest"));
  std::thread writer([&] { EXPECT_TRUE(lines.add("\n")); });
  lines.drop_before(1);
  writer.join();
  EXPECT_EQ(lines.count(1, 0), 2);
  lines.stop();
  EXPECT_FALSE(lines.add("x"));
}

TEST_F(StdinTest, AReadErrorIsTold) {
  StdinSource source({}, host_.context(), pipe_.out());
  LineBuffer lines(0, true, 10);
  lines.fail("cannot read standard input: Input/output error");
  EXPECT_THROW(lines.count(0, 0), Error);
  EXPECT_THROW(source.latest("{}"), Error);
}

}  // namespace
}  // namespace millrace
