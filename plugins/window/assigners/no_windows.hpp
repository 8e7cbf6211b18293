#pragma once
#include <algorithm>

#include "plugins/window/assigners/assigner.hpp"

namespace millrace::window {

/// Groups that are not windows and that nothing closes: keys alone.
class NoWindows final : public Assigner {
 public:
  void place(const Column& /*times*/, int64_t /*shift*/, size_t rows, const LateRule& /*late*/,
             Placement& out) const override {
    out.clear();
    out.rows.resize(rows);
    for (size_t i = 0; i < rows; ++i) out.rows[i] = static_cast<uint32_t>(i);
    out.panes.append(rows, never);
  }
  void windows_of(int64_t pane, std::vector<Window>& out) const override {
    out.assign(1, {pane, pane});
  }
  void starts_of(std::span<const int64_t> ends, int64_t* starts) const override {
    std::copy(ends.begin(), ends.end(), starts);
  }
  bool is_disjoint() const override { return true; }
  bool has_windows() const override { return false; }
  std::string layout() const override { return "groups"; }
};

}  // namespace millrace::window
