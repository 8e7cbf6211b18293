#pragma once
#include "plugins/window/assigners/assigner.hpp"

namespace millrace::window {

/// Windows of one size, one every `slide`, counted from 1970 plus `offset`: a time t belongs to
/// every [start, start + size) with start = k * slide + offset that contains it.
///
/// A window starts at every multiple of the slide and ends `size % slide` after one, so these two
/// points cut time into panes, two for each slide at most.
class AlignedWindows final : public Assigner {
 public:
  AlignedWindows(int64_t size, int64_t slide, int64_t offset);

  void place(const Column& times, int64_t shift, size_t rows, const LateRule& late,
             Placement& out) const override;
  void windows_of(int64_t pane, std::vector<Window>& out) const override;
  void starts_of(std::span<const int64_t> ends, int64_t* starts) const override;
  std::optional<Overlap> overlap() const override;
  bool is_disjoint() const override { return size_ == slide_; }
  bool has_windows() const override { return true; }
  std::string layout() const override;

 private:
  class PaneFinder;
  /// Before these times all, or some, of a time's windows are closed.
  struct Closed {
    int64_t partly;
    int64_t wholly;
  };

  Closed closed_by(int64_t watermark) const;
  /// The last window start at or before `time`.
  int64_t start_before(int64_t time) const;

  int64_t size_;
  int64_t slide_;
  int64_t offset_;
  int64_t overhang_;  // How far after a start the windows of earlier slides end.
};

}  // namespace millrace::window
