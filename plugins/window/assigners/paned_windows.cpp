#include "plugins/window/assigners/paned_windows.hpp"

#include <utility>

#include "millrace/error.hpp"

namespace millrace::window {
namespace {

enum class Fate { open, partly_late, late };

struct JudgedPane {
  Pane pane{1, 0, 0, 0};  // Holds no time at first.
  Fate fate = Fate::open;

  bool holds(int64_t time) const { return time >= pane.from && time < pane.to; }
};

Fate judge(const Pane& pane, const LateRule& late) {
  if (pane.last_end <= late.before) return Fate::late;
  return pane.first_end <= late.before ? Fate::partly_late : Fate::open;
}

void check_time(int64_t time) {
  if (time > -time_most && time < time_most) return;
  throw Error::data("the event time " + std::to_string(time) +
                    " us since 1970 is out of range; remove such rows with a `where` before the "
                    "window");
}

}  // namespace

void PanedWindows::place(const Column& times, int64_t shift, size_t rows, const LateRule& late,
                         Placement& out) const {
  out.clear();
  out.rows.resize(rows);
  out.panes.resize(rows);
  const auto* values = times.data<int64_t>();
  const bool nulls = times.may_have_nulls();
  size_t kept = 0;
  JudgedPane now;
  JudgedPane before;
  for (size_t i = 0; i < rows; ++i) {
    if (nulls && times.is_null(static_cast<int64_t>(i))) continue;
    const int64_t time = values[i] + shift;
    if (!now.holds(time)) {
      std::swap(now, before);
      if (!now.holds(time)) {
        check_time(time);
        now.pane = pane_of(time);
        now.fate = judge(now.pane, late);
      }
    }
    if (now.fate != Fate::open) {
      const bool all = now.fate == Fate::late;
      (all ? out.late : out.partly).push_back(static_cast<uint32_t>(i));
      (all ? out.late_panes : out.partly_panes).push_back(now.pane.from);
      if (all && !late.keep) continue;
    }
    out.rows[kept] = static_cast<uint32_t>(i);
    out.panes[kept++] = now.pane.from;
  }
  out.rows.resize(kept);
  out.panes.resize(kept);
}

}  // namespace millrace::window
