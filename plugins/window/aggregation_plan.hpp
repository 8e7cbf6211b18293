#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "millrace/key_codec.hpp"
#include "millrace/transform.hpp"

#include "plugins/window/aggregates/aggregate_set.hpp"
#include "plugins/window/assigners/assigner.hpp"

namespace millrace::window {

/// What all keyed aggregations are configured with.
struct GroupingSettings {
  std::vector<Expression> group_by;
  std::vector<Aggregate> aggregates;
};

/// The time that windows are cut by.
struct EventTime {
  std::optional<Expression> expression;  // What `time` says, if it says anything ...
  int column = -1;                       // ... or the input's column.
  int64_t shift = 0;                     // -1 where the column holds windows or their ends.
  bool is_watermarked = false;           // The watermark speaks of this very column.

  bool known() const { return expression.has_value() || column >= 0; }
  /// A timestamp for each row: of a window its end.
  Column evaluate(const Batch& batch) const;
};

/// Finds it: the option `time`, else the watermark's column, else the only timestamp of the input.
EventTime find_event_time(const Stream& input, const std::optional<Expression>& time);

/// Everything that the tasks of one aggregation share. Constant once it is made.
struct AggregationPlan {
  AggregationPlan(const GroupingSettings& settings, bool ansi);

  std::vector<Expression> keys;
  KeyCodec codec;
  std::vector<BoundAggregate> aggregates;
  EventTime time;
  std::unique_ptr<const Assigner> assigner;  // None for sessions.
  std::optional<Expression> keep_windows;    // Windows where it is not TRUE are left out.
  bool has_windows = true;
  std::shared_ptr<const Schema> rows;
  std::shared_ptr<const Schema> partials;
  std::string layout;  // What the bytes in the store depend on.

  /// One group that is there even before the first row.
  bool is_one_group() const { return keys.empty() && !has_windows; }
  /// Sets rows and layout; throws if two output columns have one name.
  void describe(const std::string& kind);
};

/// Takes append away from an aggregation whose windows no watermark closes, and says why.
void refuse_append_without_watermark(const Stream& input, const EventTime& time, Binding& binding);

}  // namespace millrace::window
