#pragma once
#include "plugins/window/assigners/assigner.hpp"

namespace millrace::window {

/// A stretch of time whose rows share all their windows, with the ends of the first and the last
/// of these.
struct Pane {
  int64_t from;
  int64_t to;  // Exclusive.
  int64_t first_end;
  int64_t last_end;
};

/// What window kinds with fixed bounds have in common. Neighbouring rows mostly share a pane, so
/// the pane is asked for only when a time leaves the last two.
class PanedWindows : public Assigner {
 public:
  void place(const Column& times, int64_t shift, size_t rows, const LateRule& late,
             Placement& out) const final;
  bool has_windows() const final { return true; }

 protected:
  virtual Pane pane_of(int64_t time) const = 0;
};

}  // namespace millrace::window
