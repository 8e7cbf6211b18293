// sum: null if no value was there. Of integers and intervals it is exact: where it does not fit
// 64 bits it is an error (ANSI) or wraps around. Of floats it is a double. Of decimals see
// decimal_sum.cpp.
#include <type_traits>

#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

template <class Value, bool ansi>
struct SumCell {
  Value sum = 0;
  bool any = false;

  void add(Value value) {
    any = true;
    if constexpr (std::is_floating_point_v<Value>) {
      sum += value;
    } else if (__builtin_add_overflow(sum, value, &sum) && ansi) {
      throw Error::data(
          "the sum does not fit a long (64 bits); sum a double instead, as in "
          "sum(CAST(x AS double)), or set ansi = false to let it wrap around");
    }
  }

  static constexpr size_t saved_bytes = sizeof(Value) + 1;
  void save(char* to) const {
    store_value(to, sum);
    to[sizeof sum] = any ? 1 : 0;
  }
  void merge(const char* from) {
    if (from[sizeof sum] != 0) add(load_value<Value>(from));
  }
};

template <class Value, bool ansi>
class Sum final : public FixedAccumulators<SumCell<Value, ansi>> {
 public:
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    auto* cells = this->cells_.data();
    const auto add_one = [=](uint32_t group, Value value) { cells[group].add(value); };
    if constexpr (std::is_floating_point_v<Value>)
      for_each_real(arguments[0], assignment, add_one);
    else
      for_each_integer(arguments[0], assignment, add_one);
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) {
      const auto& cell = this->cells_[group];
      if (cell.any)
        to.append(cell.sum);
      else
        to.append_null();
    }
  }
};

}  // namespace

AggregateKind bind_sum(const AggregateCall& call) {
  check_argument_count(call, 1, 1);
  const Type& type = call.arguments[0];
  if (type.is_decimal()) return bind_decimal_sum(call);
  if (type.is_floating()) return kind_of<Sum<double, true>>(TypeId::float64);
  if (!type.is_integer() && type.id != TypeId::duration)
    throw Error::user("sum adds numbers; this is a " + to_string(type));
  const Type result = type.id == TypeId::duration ? TypeId::duration : TypeId::int64;
  return call.ansi ? kind_of<Sum<int64_t, true>>(result) : kind_of<Sum<int64_t, false>>(result);
}

}  // namespace millrace::window
