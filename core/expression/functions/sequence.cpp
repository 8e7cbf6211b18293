#include "core/expression/functions/sequence.hpp"

#include "core/expression/built_node.hpp"
#include "core/expression/coercion.hpp"
#include "core/expression/functions/time_arithmetic.hpp"
#include "core/expression/value_text.hpp"

// sequence(start, stop, step): of whole numbers, of dates and of timestamps.
namespace millrace {

namespace {

constexpr int64_t items_max = 1 << 24;

[[noreturn]] void refuse_step() {
  throw RowError{
      "the step of a sequence must lead from its start to its stop: above zero upwards, below "
      "zero downwards"};
}

/// Calls append(0), append(1), ... while value_at(i) has not passed `stop`.
template <class ValueAt, class Append>
void count_up(int64_t stop, bool rising, ValueAt&& value_at, Append&& append) {
  for (int64_t i = 0;; ++i) {
    const auto value = value_at(i);
    if (!value || (rising ? *value > stop : *value < stop)) return;
    if (i == items_max)
      throw RowError{"a sequence of more than " + std::to_string(items_max) + " items is too long"};
    append(*value);
  }
}

bool is_rising(int64_t start, int64_t stop, bool step_above_zero, bool step_below_zero) {
  if (start == stop) return true;
  if (start < stop ? !step_above_zero : !step_below_zero) refuse_step();
  return start < stop;
}

template <class Whole>
void append_numbers(const Cells& cells, ColumnBuilder& to) {
  const auto at = [&](size_t i) { return int64_t{cells.column(i).data<Whole>()[cells.at(i)]}; };
  const int64_t start = at(0);
  const int64_t stop = at(1);
  const int64_t step = cells.count() > 2 ? at(2) : (start <= stop ? 1 : -1);
  const bool rising = is_rising(start, stop, step > 0, step < 0);
  if (start == stop) {
    to.child().append(static_cast<Whole>(start));
    return to.end_nested();
  }
  count_up(
      stop, rising,
      [&](int64_t i) -> std::optional<int64_t> {
        int64_t value = 0;
        if (__builtin_mul_overflow(i, step, &value) || __builtin_add_overflow(value, start, &value))
          return std::nullopt;
        return value;
      },
      [&](int64_t value) { to.child().append(static_cast<Whole>(value)); });
  to.end_nested();
}

/// A step in time: a constant may have months.
struct TimeStep {
  std::optional<Interval> constant;

  Interval at(const Cells& cells, bool rising) const {
    if (constant) return *constant;
    Interval step{};
    step.microseconds =
        cells.count() > 2 ? cells.column(2).int64(cells.at(2)) : 86'400'000'000 * (rising ? 1 : -1);
    return step;
  }
};

void append_times(const Cells& cells, const TimeStep& steps, ColumnBuilder& to) {
  const int64_t start = cells.column(0).int64(cells.at(0));
  const int64_t stop = cells.column(1).int64(cells.at(1));
  const auto step = steps.at(cells, start <= stop);
  const bool above = step.months > 0 || step.microseconds > 0;
  const bool below = step.months < 0 || step.microseconds < 0;
  if (above && below) refuse_step();
  const bool rising = is_rising(start, stop, above, below);
  if (start == stop) {
    to.child().append(start);
    return to.end_nested();
  }
  count_up(
      stop, rising,
      [&](int64_t i) -> std::optional<int64_t> {
        Timestamp time{start};
        int64_t moved = 0;
        if (__builtin_mul_overflow(i, step.microseconds, &moved)) return std::nullopt;
        try {
          if (step.months != 0) time = add_months(cells.session, time, step.months * i);
          if (moved != 0) time = add_time(cells.session, time, moved);
        } catch (const RowError&) {
          return std::nullopt;  // Beyond the calendar is beyond the stop.
        }
        return time.microseconds;
      },
      [&](int64_t value) { to.child().append(value); });
  to.end_nested();
}

NodePtr bind_times(Binding& binding, const Type& item) {
  const size_t count = binding.arguments.size();
  TimeStep steps;
  if (count > 2) {
    const auto& step = binding.arguments[2];
    if (step->type().id != TypeId::duration)
      binding.fail_at(2, "the step must be an interval, this is " + with_article(step->type()),
                      "write interval '1 day'");
    if (const auto* constant = as_constant(*step)) steps.constant = constant->interval();
  }
  auto arguments = binding.arguments;
  for (size_t i = 0; i < 2; ++i) arguments[i] = binding.converted(i, TypeId::timestamp);
  auto node = make_built(
      list_of(TypeId::timestamp), std::move(arguments), binding.session, Nulls::hidden,
      [steps](const Cells& cells, ColumnBuilder& to) { append_times(cells, steps, to); });
  if (item.id == TypeId::timestamp) return node;
  return make_cast(node, list_of(item), CastMode::legacy, binding.session);
}

NodePtr bind_sequence(Binding& binding) {
  const size_t count = binding.arguments.size();
  if (count != 2 && count != 3) binding.fail("`sequence` takes a start, a stop and perhaps a step");
  const auto& first = binding.arguments[0]->type();
  const auto& second = binding.arguments[1]->type();
  const auto is_time = [](const Type& type) {
    return type.id == TypeId::date || type.id == TypeId::timestamp;
  };
  if (is_time(first) || is_time(second)) {
    const auto common = common_type(first, second, binding.session->ansi);
    if (!common || !is_time(*common))
      binding.fail_at(
          1, "types " + to_string(first) + " and " + to_string(second) + " do not go together",
          "cast one of them");
    return bind_times(binding, *common);
  }
  for (size_t i = 0; i < count; ++i)
    if (const auto& type = binding.arguments[i]->type();
        !type.is_integer() && type.id != TypeId::null)
      binding.fail_at(
          i, "`sequence` takes whole numbers, dates or timestamps, this is " + with_article(type));
  const Type whole = binding.unify(0);
  if (whole.id == TypeId::int64)
    return make_built(list_of(whole), binding.arguments, binding.session, Nulls::hidden,
                      append_numbers<int64_t>);
  return make_built(list_of(TypeId::int32), binding.arguments, binding.session, Nulls::hidden,
                    append_numbers<int32_t>);
}

}  // namespace

void add_sequence(FunctionList& list) {
  list.push_back(
      {.names = {"sequence"},
       .family = Family::array,
       .usage = "sequence(start, stop, step)",
       .help = "Whole numbers, dates or timestamps from a start to a stop; without a step by 1 or "
               "by days.",
       .examples = {{"sequence(1, 5, 2)", "[1, 3, 5]"},
                    {"sequence(3, 1)", "[3, 2, 1]"},
                    {"sequence(date '2024-01-31', date '2024-03-31', interval '1 month')",
                     "[2024-01-31, 2024-02-29, 2024-03-31]"}},
       .overloads = {},
       .bind = bind_sequence});
}

}  // namespace millrace
