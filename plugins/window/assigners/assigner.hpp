#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "millrace/buffer.hpp"
#include "millrace/civil.hpp"
#include "millrace/column.hpp"

namespace millrace::window {

/// What never ends: groups that no watermark closes.
inline constexpr int64_t never = std::numeric_limits<int64_t>::max();
/// Times further than this from 1970 are refused, so that window arithmetic cannot overflow.
inline constexpr int64_t time_most = int64_t{1} << 61;

/// A window is named by its end, the time after which it cannot change: its bucket in the store.
struct Window {
  int64_t start;
  int64_t end;
};

/// How windows of one size overlap that are whole panes, one every `slide`.
struct Overlap {
  int64_t size;
  int64_t slide;
  int64_t offset;

  int64_t panes() const { return size / slide; }
  /// The first end of a window behind `time`.
  int64_t end_after(int64_t time) const { return start_before(time, slide) + slide; }
  /// The last multiple of `step`, counted from the offset, at or before `time`.
  int64_t start_before(int64_t time, int64_t step) const {
    return time - floor_rest(time - offset, step);
  }
};

/// Which rows are late: those whose time is up at or before `before`. They are kept all the same
/// where somebody wants the whole result.
struct LateRule {
  int64_t before = std::numeric_limits<int64_t>::min();
  bool keep = false;
};

/// Which rows of a batch go where. Reused from batch to batch.
struct Placement {
  Buffer<uint32_t> rows;    // Those to aggregate ...
  Buffer<int64_t> panes;    // ... and the pane of each.
  Buffer<uint32_t> late;    // Rows all of whose windows are closed ...
  Buffer<uint32_t> partly;  // ... or some, with the panes of both.
  Buffer<int64_t> late_panes;
  Buffer<int64_t> partly_panes;

  void clear() {
    rows.clear();
    panes.clear();
    late.clear();
    partly.clear();
    late_panes.clear();
    partly_panes.clear();
  }
};

/// Says which windows a time belongs to. Rows are not assigned to windows one by one but to a
/// pane: a stretch of time, named by its first microsecond, whose rows share all their windows.
/// So a row is aggregated once however many windows overlap; panes become windows where partial
/// results are merged.
class Assigner {
 public:
  virtual ~Assigner() = default;

  /// Rows without a time are left out where windows need one. `shift` is added to every time.
  virtual void place(const Column& times, int64_t shift, size_t rows, const LateRule& late,
                     Placement& out) const = 0;
  /// The windows of a pane, in rising order.
  virtual void windows_of(int64_t pane, std::vector<Window>& out) const = 0;
  /// The start of each window with the given ends.
  virtual void starts_of(std::span<const int64_t> ends, int64_t* starts) const = 0;
  /// Nothing where windows do not overlap, or begin and end within a pane.
  virtual std::optional<Overlap> overlap() const { return std::nullopt; }
  /// Whether a pane has one window at most, and shares it with no other.
  virtual bool is_disjoint() const { return false; }
  /// Whether the output has window_start and window_end.
  virtual bool has_windows() const = 0;
  /// What must stay as it is while a checkpoint lives.
  virtual std::string layout() const = 0;
};

}  // namespace millrace::window
