#include "plugins/join/join_plan.hpp"

#include <algorithm>

namespace millrace::join {
namespace {

constexpr int64_t millisecond = 1000;

int64_t floor_to_millisecond(int64_t time) {
  const int64_t rest = time % millisecond;
  return time - (rest < 0 ? rest + millisecond : rest);
}

bool is_event_time(const Stream& stream, const Expression& key) {
  return stream.time_column >= 0 && key.column() == stream.time_column;
}

bool has_time(const Stream& stream, int column) {
  return stream.time_column >= 0 && stream.time_column == column;
}

// Whether the condition tells when a row of `side` cannot match any more: then one that never did
// can come out.
bool ends_waiting(const JoinPlan& plan, const std::vector<Stream>& streams, size_t side) {
  return plan.time_key ||
         std::any_of(plan.on.bounds.begin(), plan.on.bounds.end(), [&](const auto& bound) {
           return static_cast<size_t>(bound.input) == side &&
                  has_time(streams[1 - side], bound.other_column);
         });
}

[[noreturn]] void refuse_endless(const std::string& kind, size_t side,
                                 const std::vector<Stream>& streams) {
  const std::string one = side == 0 ? "left" : "right";
  const std::string other = side == 0 ? "right" : "left";
  std::string why = kind + " puts out a row of the " + one +
                    " input once it is known that nothing will match it any more, and ";
  if (streams[1 - side].time_column < 0)
    why += "the " + other +
           " input has no watermark to tell when that is; declare one on its source and bound the "
           "event times";
  else
    why += "`on` does not bound the event times of the two inputs; add a condition such as `" +
           (*streams[1 - side].schema)[static_cast<size_t>(streams[1 - side].time_column)].name +
           " BETWEEN t AND t + interval '1 hour'` with the " + one + " input's time";
  throw Error::user(why +
                    ", compare the event times or windows of both with `=`, or use kind = "
                    "\"inner\"")
      .about("on");
}

}  // namespace

JoinPlan::JoinPlan(JoinSettings settings, const std::vector<Stream>& streams)
    : kind(kind_of(settings.kind)), on(std::move(settings.on)) {
  if (streams.size() != 2) throw Error::user("a join needs two inputs").about("inputs");
  for (size_t side = 0; side < 2; ++side) {
    auto& input = inputs[side];
    input.schema = streams[side].schema;
    for (const auto& key : on.keys) input.keys.push_back(key.side[side]);
    input.time_column = streams[side].time_column;
    input.preserved = preserves(kind, side);
    input.droppable = can_drop(kind, side);
  }
  find_eviction(streams);
  lay_out(streams);
}

// A bound `left >= right + offset` lets left rows go: right rows that are still to come are later
// than the watermark, so nothing can match a left row at or before watermark + offset - 1 ms, or
// watermark + offset where the comparison is strict. Of several the weakest counts, as with Spark.
void JoinPlan::find_eviction(const std::vector<Stream>& streams) {
  for (size_t i = 0; i < on.keys.size() && !time_key; ++i)
    if (is_event_time(streams[0], inputs[0].keys[i]) ||
        is_event_time(streams[1], inputs[1].keys[i]))
      time_key = i;
  if (time_key) return;
  for (const auto& bound : on.bounds) {
    const auto side = static_cast<size_t>(bound.input);
    if (!has_time(streams[side], bound.column) || !has_time(streams[1 - side], bound.other_column))
      continue;
    const int64_t stays = (bound.strict ? 0 : millisecond) - floor_to_millisecond(bound.offset_us);
    auto& kept = inputs[side].stays_us;
    kept = std::max(kept.value_or(stays), stays);
    output_delay_us = std::max(output_delay_us, stays);
  }
}

std::optional<size_t> JoinPlan::key_of_both(size_t left, size_t right) const {
  for (size_t i = 0; i < on.keys.size(); ++i)
    if (inputs[0].keys[i].column() == static_cast<int>(left) &&
        inputs[1].keys[i].column() == static_cast<int>(right))
      return i;
  return std::nullopt;
}

void JoinPlan::lay_out(const std::vector<Stream>& streams) {
  Schema out;
  const auto& left = *inputs[0].schema;
  for (size_t i = 0; i < left.size(); ++i) {
    out.fields.push_back(left[i]);
    columns.push_back({0, i, {}});
  }
  if (streams[0].time_column >= 0) {
    time_column = streams[0].time_column;
    time_kind = streams[0].time_kind;
    if (streams[1].is_table) other_time_column = streams[0].other_time_column;
  }
  const auto& right = *inputs[1].schema;
  for (size_t i = 0; i < right.size() && !puts_out_left_only(kind); ++i) {
    int at = left.index_of(right[i].name);
    if (at < 0) {
      at = static_cast<int>(out.size());
      out.fields.push_back(right[i]);
      columns.push_back({1, i, {}});
    } else if (key_of_both(static_cast<size_t>(at), i)) {
      columns[static_cast<size_t>(at)].same_in_right = i;
    } else {
      throw Error::user("both inputs have a column `" + right[i].name +
                        "`; rename one in a select in front, columns = { other_" + right[i].name +
                        " = \"" + right[i].name +
                        "\", ... } (a column that `on` compares with its namesake by `=` comes "
                        "out once)")
          .about("inputs");
    }
    if (!has_time(streams[1], static_cast<int>(i)) || at == time_column) continue;
    if (time_column < 0) {
      time_column = at;
      time_kind = streams[1].time_kind;
    } else if (time_kind == streams[1].time_kind) {
      other_time_column = at;
    }
  }
  rows = std::make_shared<const Schema>(std::move(out));
}

std::string JoinPlan::layout() const {
  std::string text = "a join of";
  for (size_t side = 0; side < 2; ++side) {
    text += side == 0 ? " (" : " and (";
    for (const auto& field : inputs[side].schema->fields)
      text += field.name + ": " + to_string(field.type) + ", ";
    text += "keys:";
    for (const auto& key : inputs[side].keys) text += " " + to_string(key.type());
    text += ", leaving by " + (time_key                ? "key " + std::to_string(*time_key)
                               : inputs[side].stays_us ? std::to_string(*inputs[side].stays_us)
                                                       : std::string("nothing"));
    text += ")";
  }
  return text;
}

const int64_t* event_times(const Column& column) {
  return column.type.id == TypeId::structure ? column.children.at(1).data<int64_t>()
                                             : column.data<int64_t>();
}

void check_streams(const JoinPlan& plan, const std::vector<Stream>& streams) {
  if (plan.kind == JoinKind::left_anti)
    throw Error::user(
        "left_anti needs a table as its right input: of a stream it is never known what will not "
        "come; use kind = \"left_outer\" and keep the rows without a match in a select behind it: "
        "where = \"right_column IS NULL\"")
        .about("kind");
  if (plan.on.keys.empty())
    throw Error::user(
        "a join of two streams needs an equality that finds the rows that belong together, such "
        "as `left.id = right.id`")
        .about("on");
  if (plan.kind == JoinKind::left_outer && !ends_waiting(plan, streams, 0))
    refuse_endless("left_outer", 0, streams);
  if (plan.kind == JoinKind::left_semi && !ends_waiting(plan, streams, 0))
    throw Error::user(
        "left_semi keeps every row of the left input until it matches, and nothing tells when it "
        "cannot match any more: declare watermarks and bound the event times in `on`, such as "
        "`right_time BETWEEN left_time AND left_time + interval '1 hour'`")
        .about("on");
  if (plan.kind == JoinKind::right_outer && !ends_waiting(plan, streams, 1))
    refuse_endless("right_outer", 1, streams);
  if (plan.kind == JoinKind::full_outer && !ends_waiting(plan, streams, 0) &&
      !ends_waiting(plan, streams, 1))
    refuse_endless("full_outer", 0, streams);
}

void check_table(const JoinPlan& plan, const std::vector<Stream>& streams) {
  if (streams[0].is_table)
    throw Error::user("a table can only be the right input; name the stream first").about("inputs");
  if (plan.kind == JoinKind::right_outer || plan.kind == JoinKind::full_outer)
    throw Error::user(
        "the right input is a table, and of its rows it is never known which will not match any "
        "more; use kind = \"left_outer\" or \"inner\"")
        .about("kind");
}

}  // namespace millrace::join
