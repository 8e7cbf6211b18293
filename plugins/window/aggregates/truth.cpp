// count_if(condition): rows where it is true. bool_and, bool_or: whether it is true in all rows, or
// in one; nulls do not count.
#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

struct TrueCell {
  int64_t count = 0;

  static constexpr size_t saved_bytes = sizeof(int64_t);
  void save(char* to) const { store_value(to, count); }
  void merge(const char* from) { count += load_value<int64_t>(from); }
};

class CountIf final : public FixedAccumulators<TrueCell> {
 public:
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    auto* cells = cells_.data();
    if (arguments[0].type.id == TypeId::null) return;
    for_each_integer(arguments[0], assignment,
                     [=](uint32_t group, int64_t truth) { cells[group].count += truth; });
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) to.append(cells_[group].count);
  }
};

void check_condition(const AggregateCall& call, bool null_too) {
  check_argument_count(call, 1, 1);
  const auto& type = call.arguments[0];
  if (type.id == TypeId::boolean || (null_too && type.id == TypeId::null)) return;
  throw Error::user(call.function + " takes a condition; this is " + with_article(type));
}

}  // namespace

AggregateKind bind_count_if(const AggregateCall& call) {
  check_condition(call, true);
  return free_of_order(kind_of<CountIf>(TypeId::int64));
}

AggregateKind bind_truth(const AggregateCall& call) {
  check_condition(call, false);
  // FALSE is less than TRUE.
  const bool all = call.function == "bool_and" || call.function == "every";
  return bind_extreme({all ? "min" : "max", call.arguments, call.ansi});
}

}  // namespace millrace::window
