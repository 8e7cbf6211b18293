#include "plugins/window/assigners/aligned_windows.hpp"

#include <random>

#include <gtest/gtest.h>

#include "millrace/civil.hpp"
#include "millrace/column_builder.hpp"

namespace millrace::window {
namespace {

constexpr int64_t nothing_is_late = std::numeric_limits<int64_t>::min();

Placement placed(const AlignedWindows& windows, const std::vector<int64_t>& times, LateRule late) {
  ColumnBuilder column(TypeId::timestamp);
  for (const int64_t time : times) column.append(time);
  Placement placement;
  windows.place(column.finish(), 0, times.size(), late, placement);
  return placement;
}

// By division, one time after the other.
int64_t pane_of(int64_t time, int64_t size, int64_t slide, int64_t offset) {
  const int64_t into = floor_rest(time - offset, slide);
  return time - into + (into >= size % slide ? size % slide : 0);
}

TEST(AlignedWindows, NearAndFarTimesComeIntoTheirPanes) {
  std::mt19937_64 random(1);
  const auto below = [&](int64_t bound) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
  };
  for (int round = 0; round < 500; ++round) {
    const int64_t slide = 1 + below(int64_t{1} << below(52));
    const int64_t size = slide + below(3) * slide + below(2) * below(slide);
    const int64_t offset = below(slide);
    const AlignedWindows windows(size, slide, offset);
    const int64_t around = (below(2) == 0 ? -1 : 1) * below(int64_t{1} << below(61));
    std::vector<int64_t> times;
    for (int row = 0; row < 200; ++row) {
      const int64_t time = around + (below(2) == 0 ? -1 : 1) * below(int64_t{1} << below(60));
      // The ends of panes are where a division that is not exact would be wrong.
      const int64_t edge = pane_of(time, size, slide, offset);
      for (const int64_t each : {time, edge - 1, edge, edge + 1})
        if (each > -time_most && each < time_most) times.push_back(each);
    }
    const auto placement = placed(windows, times, {nothing_is_late});
    ASSERT_EQ(placement.rows.size(), times.size());
    for (size_t row = 0; row < times.size(); ++row)
      ASSERT_EQ(placement.panes[row], pane_of(times[row], size, slide, offset))
          << times[row] << " in windows of " << size << " every " << slide << " from " << offset;
  }
}

TEST(AlignedWindows, ATimeIsLateOnceItsWindowsAreClosed) {
  std::mt19937_64 random(2);
  const auto below = [&](int64_t bound) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
  };
  for (int round = 0; round < 500; ++round) {
    const int64_t slide = 1 + below(20);
    const int64_t size = slide + below(60);
    const AlignedWindows windows(size, slide, below(slide));
    std::vector<int64_t> times(100);
    for (auto& time : times) time = below(200) - 100;
    const LateRule late{below(240) - 120, below(2) == 0};
    const auto placement = placed(windows, times, late);
    std::vector<uint32_t> kept, all, some;
    for (uint32_t row = 0; row < times.size(); ++row) {
      std::vector<Window> in;
      windows.windows_of(placed(windows, {times[row]}, {nothing_is_late}).panes[0], in);
      const bool is_late = in.back().end <= late.before;
      if (is_late) all.push_back(row);
      if (!is_late && in.front().end <= late.before) some.push_back(row);
      if (!is_late || late.keep) kept.push_back(row);
    }
    const auto rows = [](const Buffer<uint32_t>& buffer) {
      return std::vector<uint32_t>(buffer.data(), buffer.data() + buffer.size());
    };
    ASSERT_EQ(rows(placement.late), all);
    ASSERT_EQ(rows(placement.partly), some);
    ASSERT_EQ(rows(placement.rows), kept);
  }
}

TEST(AlignedWindows, TimesOutOfRangeAreRefused) {
  const AlignedWindows windows(10, 10, 0);
  for (const int64_t time : {time_most, -time_most, std::numeric_limits<int64_t>::max(),
                             std::numeric_limits<int64_t>::min()}) {
    EXPECT_THROW(placed(windows, {time}, {}), Error);
    EXPECT_THROW(placed(windows, {0, time}, {}), Error);
    EXPECT_THROW(placed(windows, {time_most - 1, time}, {}), Error);
  }
}

}  // namespace
}  // namespace millrace::window
