#include "millrace/plugin.hpp"

#include "plugins/window/add_window.hpp"
#include "plugins/window/grouped_aggregation.hpp"
#include "plugins/window/session_window.hpp"
#include "plugins/window/sliding_window.hpp"
#include "plugins/window/tumbling_window.hpp"

namespace {

using namespace millrace::window;  // NOLINT(google-build-using-namespace): a table of contents.
using millrace::Setting;

// The settings that kinds of windows share, after their own.
template <class Settings>
std::vector<Setting<Settings>> with_grouping(std::vector<Setting<Settings>> own) {
  own.push_back({"group_by", &Settings::group_by, millrace::optional,
                 "Columns, or expressions with AS name, that split the rows into groups."});
  own.push_back({"aggregates", &Settings::aggregates, millrace::optional,
                 "What to compute for each group: { total = \"sum(value)\" }."});
  return own;
}

template <class Settings>
std::vector<Setting<Settings>> with_time(std::vector<Setting<Settings>> own) {
  own.push_back({"time", &Settings::time, millrace::optional,
                 "The timestamp that windows are over. Without it: the watermark's column, or the "
                 "only timestamp of the input."});
  return with_grouping(std::move(own));
}

template <class Settings>
std::vector<Setting<Settings>> with_window(std::vector<Setting<Settings>> own) {
  own.push_back({"keep_windows", &Settings::keep_windows, millrace::of_windows,
                 "A condition on window_start and window_end; other windows are not aggregated."});
  return with_time(std::move(own));
}

}  // namespace

MILLRACE_PLUGIN(
    "window", "0.1.0",
    millrace::transform<TumblingWindow>(
        "tumbling_window", "Aggregates by windows of one size, one after the other.",
        with_window<TumblingSettings>(
            {{"size", &TumblingSettings::size, millrace::required, "How long a window is."},
             {"offset", &TumblingSettings::offset, millrace::optional,
              "Shifts the windows, which otherwise start at multiples of the size since 1970."}})),
    millrace::transform<SlidingWindow>(
        "sliding_window", "Aggregates by windows of one size that overlap.",
        with_window<SlidingSettings>(
            {{"size", &SlidingSettings::size, millrace::required, "How long a window is."},
             {"slide", &SlidingSettings::slide, millrace::required,
              "How long after a window the next one starts; at most the size."},
             {"offset", &SlidingSettings::offset, millrace::optional,
              "Shifts the windows, which otherwise start at multiples of the slide since 1970."}})),
    millrace::transform<SessionWindow>(
        "session_window", "Aggregates by sessions: rows of a key without a long pause.",
        with_time<SessionSettings>(
            {{"gap", &SessionSettings::gap, millrace::optional,
              "The pause after which a session ends."},
             {"gap_expression", &SessionSettings::gap_expression, millrace::optional,
              "Instead of `gap`: an expression that gives the pause after each row, an interval or "
              "a text such as '20 seconds'."}})),
    millrace::transform<AddWindow, AddWindowSettings>(
        "add_window", "Puts a column `window` with the window of each row in front of its columns.",
        {{"time", &AddWindowSettings::time, millrace::optional,
          "The timestamp that windows are over. Without it the watermark's column."},
         {"size", &AddWindowSettings::size, millrace::required, "How long a window is."},
         {"slide", &AddWindowSettings::slide, millrace::optional,
          "How long after a window the next one starts; without it as long as a window is."},
         {"offset", &AddWindowSettings::offset, millrace::optional,
          "Shifts the windows, which otherwise start at multiples of the slide since 1970."}}),
    millrace::transform<GroupedAggregation>("aggregate",
                                            "Aggregates by keys alone, without windows.",
                                            with_grouping<GroupingSettings>({})));
