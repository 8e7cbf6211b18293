// sum, try_sum: null if no value was there. Of integers and intervals it is exact: where it does
// not fit 64 bits it is an error (ANSI), wraps around, or is null (try_sum). Of floats it is a
// double. Of decimals see decimal_sum.cpp.
#include <type_traits>

#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

enum class Overflow { fails, wraps, is_null };

template <class Value, Overflow overflow>
struct SumCell {
  enum class Content : char { nothing, sum, too_much };

  Value sum = 0;
  Content content = Content::nothing;

  void add(Value value) {
    if (content == Content::nothing) content = Content::sum;
    if constexpr (std::is_floating_point_v<Value>) {
      sum += value;
    } else if (__builtin_add_overflow(sum, value, &sum) && overflow != Overflow::wraps) {
      if (overflow == Overflow::is_null) {
        content = Content::too_much;
        return;
      }
      throw Error::data(
          "the sum does not fit a long (64 bits); sum a double instead, as in "
          "sum(CAST(x AS double)), or set ansi = false to let it wrap around; try_sum gives null "
          "instead");
    }
  }

  static constexpr size_t saved_bytes = sizeof(Value) + 1;
  void save(char* to) const {
    store_value(to, sum);
    to[sizeof sum] = static_cast<char>(content);
  }
  void merge(const char* from) {
    const auto other = static_cast<Content>(from[sizeof sum]);
    if (other != Content::nothing) add(load_value<Value>(from));
    if (other == Content::too_much) content = other;
  }
};

template <class Value, Overflow overflow>
class Sum final : public FixedAccumulators<SumCell<Value, overflow>> {
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
      if (cell.content == SumCell<Value, overflow>::Content::sum)
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
  if (type.is_floating()) return kind_of<Sum<double, Overflow::fails>>(TypeId::float64);
  if (!type.is_integer() && type.id != TypeId::duration)
    throw Error::user(call.function + " adds numbers; this is " + with_article(type));
  const Type result = type.id == TypeId::duration ? TypeId::duration : TypeId::int64;
  // Whether a sum on the way is too much depends on the order.
  if (call.function == "try_sum") return kind_of<Sum<int64_t, Overflow::is_null>>(result);
  return free_of_order(call.ansi ? kind_of<Sum<int64_t, Overflow::fails>>(result)
                                 : kind_of<Sum<int64_t, Overflow::wraps>>(result));
}

}  // namespace millrace::window
