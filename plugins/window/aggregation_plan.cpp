#include "plugins/window/aggregation_plan.hpp"

#include <set>

#include "plugins/window/window_column.hpp"

namespace millrace::window {
namespace {

std::vector<Type> key_types(const std::vector<Expression>& keys) {
  std::vector<Type> types;
  types.reserve(keys.size());
  for (const auto& key : keys) types.push_back(key.type());
  return types;
}

EventTime named_time(const Stream& input, const Expression& time) {
  if (time.type().id != TypeId::timestamp && !is_window(time.type()))
    throw Error::user("`time` must be a timestamp or a window; this is " +
                      with_article(time.type()) +
                      (time.type().id == TypeId::string
                           ? "; declare the column as timestamp in the schema, or write "
                             "CAST(... AS timestamp)"
                           : "; CAST(... AS timestamp) makes one of seconds since 1970"))
        .about("time");
  EventTime found{time, -1, is_window(time.type()) ? -1 : 0, false};
  found.is_watermarked = time.column() >= 0 && time.column() == input.time_column;
  return found;
}

}  // namespace

Column EventTime::evaluate(const Batch& batch) const {
  Column times =
      expression ? expression->evaluate(batch) : batch.column(static_cast<size_t>(column));
  return times.type.id == TypeId::structure ? field_of(times, window_end_field) : times;
}

EventTime find_event_time(const Stream& input, const std::optional<Expression>& time) {
  EventTime found;
  if (time) {
    found = named_time(input, *time);
  } else if (input.time_column >= 0) {
    found.column = input.time_column;
    found.is_watermarked = true;
  } else {
    for (size_t i = 0; i < input.schema->size(); ++i) {
      const auto& field = (*input.schema)[i];
      if (field.hidden || field.type.id != TypeId::timestamp) continue;
      if (found.column >= 0)
        throw Error::user("the input has several timestamp columns, `" +
                          (*input.schema)[static_cast<size_t>(found.column)].name + "` and `" +
                          field.name + "` among them; set time = \"" + field.name +
                          "\", or whichever the windows are over")
            .about("time");
      found.column = static_cast<int>(i);
    }
    if (found.column < 0)
      throw Error::user(
          "the input has no timestamp column for windows to be over; set `time` to an expression "
          "that gives one, such as time = \"CAST(seconds AS timestamp)\"")
          .about("time");
  }
  if (found.is_watermarked && input.time_kind != TimeKind::of_row) found.shift = -1;
  return found;
}

AggregationPlan::AggregationPlan(const GroupingSettings& settings, bool ansi)
    : keys(settings.group_by),
      codec(key_types(settings.group_by)),
      aggregates(bind_aggregates(settings.aggregates, ansi)) {}

void AggregationPlan::describe(const std::string& kind) {
  Schema schema;
  layout = kind + ", keys (";
  if (has_windows) {
    schema.fields.push_back({"window_start", TypeId::timestamp});
    schema.fields.push_back({"window_end", TypeId::timestamp});
  }
  for (const auto& key : keys) {
    schema.fields.push_back({key.name(), key.type()});
    layout += (layout.back() == '(' ? "" : ", ") + to_string(key.type());
  }
  layout += "), aggregates (";
  for (const auto& aggregate : aggregates) {
    schema.fields.push_back({aggregate.name, aggregate.kind.result});
    layout += (layout.back() == '(' ? "" : ", ") + aggregate.signature;
  }
  layout += ")";
  std::set<std::string> names;
  const size_t first_aggregate = schema.size() - aggregates.size();
  for (size_t i = 0; i < schema.size(); ++i) {
    const auto& name = schema[i].name;
    if (names.insert(name).second) continue;
    throw Error::user("two output columns are named `" + name + "`; rename one with AS")
        .about(i >= first_aggregate ? "aggregates." + name : "group_by");
  }
  rows = std::make_shared<const Schema>(std::move(schema));
}

void refuse_append_without_watermark(const Stream& input, const EventTime& time, Binding& binding) {
  if (time.is_watermarked) return;
  binding.modes &= ~static_cast<uint32_t>(MR_MODE_APPEND);
  std::string why = "append emits a window only when the watermark closes it, and ";
  if (input.time_column < 0) {
    const std::string column =
        time.column >= 0 ? (*input.schema)[static_cast<size_t>(time.column)].name : "ts";
    why += "the input has no watermark; add watermark = { column = \"" + column +
           "\", delay = \"10 minutes\" } to its source";
  } else {
    const auto& column = (*input.schema)[static_cast<size_t>(input.time_column)].name;
    why += "these windows are over another time than the watermark's column `" + column +
           "`; set time = \"" + column + "\"";
  }
  binding.refusals[0] = why + ", or use output_mode = \"" +
                        ((binding.modes & MR_MODE_UPDATE) != 0 ? "update" : "complete") + "\"";
}

}  // namespace millrace::window
