#pragma once
#include <algorithm>

#include "plugins/window/assigners/assigner.hpp"

namespace millrace::window {

/// Groups with the event time, or the window it stands for, among their keys: a group closes when
/// the watermark reaches that time. Groups without a time never close.
class TimeAsKey final : public Assigner {
 public:
  void place(const Column& times, int64_t /*shift*/, size_t rows, const LateRule& late,
             Placement& out) const override {
    out.clear();
    const auto* values = times.data<int64_t>();
    for (size_t i = 0; i < rows; ++i) {
      const bool null = times.is_null(static_cast<int64_t>(i));
      const int64_t time = null ? never : values[i];
      if (time <= late.before) {
        out.late.push_back(static_cast<uint32_t>(i));
        out.late_panes.push_back(time);
        if (!late.keep) continue;
      }
      out.rows.push_back(static_cast<uint32_t>(i));
      out.panes.push_back(time);
    }
  }
  void windows_of(int64_t pane, std::vector<Window>& out) const override {
    out.assign(1, {pane, pane});
  }
  void starts_of(std::span<const int64_t> ends, int64_t* starts) const override {
    std::copy(ends.begin(), ends.end(), starts);
  }
  bool is_disjoint() const override { return true; }
  bool has_windows() const override { return false; }
  std::string layout() const override { return "groups by event time"; }
};

}  // namespace millrace::window
