#include "plugins/window/assigners/aligned_windows.hpp"

#include "millrace/civil.hpp"
#include "millrace/error.hpp"

namespace millrace::window {
namespace {

bool in_range(int64_t time) { return time > -time_most && time < time_most; }

void check_time(int64_t time) {
  if (in_range(time)) return;
  throw Error::data("the event time " + std::to_string(time) +
                    " us since 1970 is out of range; remove such rows with a `where` before the "
                    "window");
}

}  // namespace

AlignedWindows::AlignedWindows(int64_t size, int64_t slide, int64_t offset)
    : size_(size), slide_(slide), overhang_(0) {
  if (size <= 0) throw Error::user("a window's size must be more than zero").about("size");
  if (size >= time_most) throw Error::user("this window is too long").about("size");
  if (slide <= 0) throw Error::user("a window's slide must be more than zero").about("slide");
  if (slide > size)
    throw Error::user(
        "the slide is longer than the window's size, which would leave gaps between windows; make "
        "it at most the size, or use a tumbling_window")
        .about("slide");
  // Spark's rule: further shifts give windows that a shorter one gives too.
  if (offset >= slide || offset <= -slide)
    throw Error::user(
        "the offset must be shorter than the time from one window to the next, which is the slide, "
        "or the size where windows do not overlap")
        .about("offset");
  offset_ = floor_rest(offset, slide);
  overhang_ = size % slide;
}

int64_t AlignedWindows::start_before(int64_t time) const {
  return time - floor_rest(time - offset_, slide_);
}

// Rows of many panes come mixed, so neither a branch nor a division decides which one it is: times
// near the first one are divided by multiplying with the inverse, and what that misses by is put
// right.
class AlignedWindows::PaneFinder {
 public:
  PaneFinder(const AlignedWindows& windows, int64_t near)
      : windows_(windows), inverse_(1.0 / static_cast<double>(windows.slide_)) {
    if (!in_range(near)) return;
    base_ = windows.start_before(near);
    if (in_range(base_ - exact) && in_range(base_ + exact)) reach_ = exact;
  }

  int64_t operator()(int64_t time) const {
    const auto ahead =
        static_cast<int64_t>(static_cast<uint64_t>(time) - static_cast<uint64_t>(base_));
    int64_t start = base_;
    if (ahead >= -reach_ && ahead < reach_) {
      const auto slides = static_cast<int64_t>(static_cast<double>(ahead) * inverse_);
      const int64_t rest = ahead - slides * windows_.slide_;
      start += (slides - int64_t{rest < 0} + int64_t{rest >= windows_.slide_}) * windows_.slide_;
    } else {
      check_time(time);
      start = windows_.start_before(time);
    }
    return time - start >= windows_.overhang_ ? start + windows_.overhang_ : start;
  }

 private:
  // The product misses by half a microsecond at most.
  static constexpr int64_t exact = int64_t{1} << 51;

  const AlignedWindows& windows_;
  double inverse_;
  int64_t base_ = 0;
  int64_t reach_ = 0;
};

void AlignedWindows::place(const Column& times, int64_t shift, size_t rows, const LateRule& late,
                           Placement& out) const {
  out.clear();
  out.rows.resize(rows);
  out.panes.resize(rows);
  const auto* values = times.data<int64_t>();
  const bool nulls = times.may_have_nulls();
  const Closed closed = closed_by(late.before);
  const PaneFinder pane_of(*this, rows == 0 ? 0 : values[0]);
  size_t kept = 0;
  for (size_t i = 0; i < rows; ++i) {
    if (nulls && times.is_null(static_cast<int64_t>(i))) continue;
    const auto time =
        static_cast<int64_t>(static_cast<uint64_t>(values[i]) + static_cast<uint64_t>(shift));
    const int64_t pane = pane_of(time);
    if (time < closed.partly) {
      const bool all = time < closed.wholly;
      (all ? out.late : out.partly).push_back(static_cast<uint32_t>(i));
      (all ? out.late_panes : out.partly_panes).push_back(pane);
      if (all && !late.keep) continue;
    }
    out.rows[kept] = static_cast<uint32_t>(i);
    out.panes[kept++] = pane;
  }
  out.rows.resize(kept);
  out.panes.resize(kept);
}

AlignedWindows::Closed AlignedWindows::closed_by(int64_t watermark) const {
  if (watermark <= -time_most) return {watermark, watermark};
  const int64_t start = start_before(watermark - size_);
  return {start + size_, start + slide_};
}

void AlignedWindows::windows_of(int64_t pane, std::vector<Window>& out) const {
  out.clear();
  const int64_t last = start_before(pane);
  for (int64_t start = last - (size_ - (pane - last) - 1) / slide_ * slide_; start <= last;
       start += slide_)
    out.push_back({start, start + size_});
}

void AlignedWindows::starts_of(std::span<const int64_t> ends, int64_t* starts) const {
  for (size_t i = 0; i < ends.size(); ++i) starts[i] = ends[i] - size_;
}

std::optional<Overlap> AlignedWindows::overlap() const {
  if (overhang_ != 0 || size_ == slide_) return std::nullopt;
  return Overlap{size_, slide_, offset_};
}

std::string AlignedWindows::layout() const {
  return "windows of " + std::to_string(size_) + " us every " + std::to_string(slide_) +
         " us from " + std::to_string(offset_) + " us";
}

}  // namespace millrace::window
