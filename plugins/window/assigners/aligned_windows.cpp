#include "plugins/window/assigners/aligned_windows.hpp"

#include "millrace/error.hpp"

namespace millrace::window {
namespace {

int64_t remainder_upwards(int64_t value, int64_t divisor) {
  const int64_t rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
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
  offset_ = remainder_upwards(offset, slide);
  overhang_ = size % slide;
}

int64_t AlignedWindows::start_before(int64_t time) const {
  return time - remainder_upwards(time - offset_, slide_);
}

Pane AlignedWindows::pane_of(int64_t time) const {
  const int64_t start = start_before(time);
  const int64_t into = time - start;
  Pane pane{start, start + slide_, 0, start + size_};
  if (overhang_ != 0) {
    if (into < overhang_)
      pane.to = start + overhang_;
    else
      pane.from = start + overhang_;
  }
  pane.first_end = start + size_ - (size_ - into - 1) / slide_ * slide_;
  return pane;
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
