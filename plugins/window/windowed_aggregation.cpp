#include "plugins/window/windowed_aggregation.hpp"

#include <algorithm>

#include "plugins/window/assigners/no_windows.hpp"
#include "plugins/window/assigners/time_as_key.hpp"
#include "plugins/window/partials.hpp"
#include "plugins/window/window_front.hpp"
#include "plugins/window/window_shard.hpp"

namespace millrace::window {
namespace {

// The key that is the input's event time, or -1.
int time_key_of(const Stream& input, const std::vector<Expression>& keys) {
  for (size_t i = 0; i < keys.size(); ++i)
    if (input.time_column >= 0 && keys[i].column() == input.time_column) return static_cast<int>(i);
  return -1;
}

std::string refuse_append_of_groups(const Stream& input) {
  std::string why = "append emits a group only when it cannot change any more, and ";
  if (input.time_column < 0) {
    why +=
        "the input has no watermark to tell when that is; add watermark = { column = \"ts\", "
        "delay = \"10 minutes\" } to its source and group by that column or a window of it";
  } else {
    const auto& column = (*input.schema)[static_cast<size_t>(input.time_column)].name;
    why += "none of its keys is the event time; add `" + column +
           "` to group_by, or use a window such as type = \"tumbling_window\"";
  }
  return why + ", or use output_mode = \"update\"";
}

}  // namespace

WindowedAggregation::WindowedAggregation(const WindowSettings& settings, const Context& context,
                                         const std::vector<Stream>& inputs,
                                         std::unique_ptr<const Assigner> assigner)
    : plan_(settings, context.ansi()) {
  const Stream input = inputs.at(0).by_time(settings.time ? settings.time->column() : -1);
  plan_.assigner = std::move(assigner);
  plan_.time = find_event_time(input, settings.time);
  plan_.keep_windows = settings.keep_windows;
  if (plan_.keep_windows && plan_.keep_windows->type().id != TypeId::boolean)
    throw Error::user("a condition is boolean, not " + to_string(plan_.keep_windows->type()))
        .about("keep_windows");
  bind_output(input);
  refuse_append_without_watermark(input, plan_.time, binding_);
  if (!plan_.time.is_watermarked) return;
  binding_.time_column = 1;
  binding_.time_kind = TimeKind::window_end;
}

WindowedAggregation::WindowedAggregation(const GroupingSettings& settings, const Context& context,
                                         const std::vector<Stream>& inputs)
    : plan_(settings, context.ansi()) {
  if (settings.group_by.empty() && settings.aggregates.empty())
    throw Error::user(
        "an aggregation needs `group_by`, `aggregates` or both, such as "
        "aggregates = { count = \"count(*)\" }")
        .about("aggregates");
  Stream input = inputs.at(0);
  int time_key = time_key_of(input, plan_.keys);
  for (size_t i = 0; i < plan_.keys.size() && time_key < 0; ++i) {
    input = input.by_time(plan_.keys[i].column());
    time_key = time_key_of(input, plan_.keys);
  }
  if (time_key >= 0) {
    plan_.time.column = input.time_column;
    plan_.time.is_watermarked = true;
    plan_.assigner = std::make_unique<TimeAsKey>();
  } else {
    plan_.assigner = std::make_unique<NoWindows>();
  }
  bind_output(input);
  if (time_key >= 0) {
    binding_.time_column = time_key;
    binding_.time_kind = input.time_kind;
  } else {
    binding_.modes &= ~static_cast<uint32_t>(MR_MODE_APPEND);
    binding_.refusals[0] = refuse_append_of_groups(input);
  }
}

void WindowedAggregation::bind_output(const Stream& input) {
  plan_.has_windows = plan_.assigner->has_windows();
  plan_.describe(plan_.assigner->layout());
  plan_.partials = std::make_shared<const Schema>(partial_schema());
  binding_.rows = *plan_.rows;
  binding_.partials = *plan_.partials;
  binding_.keyed = true;
  binding_.uses_watermark = input.time_column >= 0;
  binding_.keeps_every_group = plan_.is_one_group();
  binding_.joins_ranges = std::ranges::all_of(
      plan_.aggregates, [](const auto& each) { return each.kind.is_free_of_order; });
}

std::unique_ptr<TransformTask> WindowedAggregation::open() {
  return std::make_unique<WindowFront>(plan_);
}

std::unique_ptr<ShardTask> WindowedAggregation::open_shard(int shard, State state) {
  return std::make_unique<WindowShard>(plan_, shard, state);
}

}  // namespace millrace::window
