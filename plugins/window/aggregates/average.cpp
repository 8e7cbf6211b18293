// avg: kept as a sum and a count, a double but of decimals (see decimal_sum.cpp); null if no value
// was there.
#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

struct AverageCell {
  double sum = 0;
  int64_t count = 0;

  static constexpr size_t saved_bytes = sizeof(double) + sizeof(int64_t);
  void save(char* to) const {
    store_value(to, sum);
    store_value(to + sizeof sum, count);
  }
  void merge(const char* from) {
    sum += load_value<double>(from);
    count += load_value<int64_t>(from + sizeof sum);
  }
};

class Average final : public FixedAccumulators<AverageCell> {
 public:
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    auto* cells = cells_.data();
    for_each_real(arguments[0], assignment, [=](uint32_t group, double value) {
      cells[group].sum += value;
      ++cells[group].count;
    });
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) {
      const auto& cell = cells_[group];
      if (cell.count == 0)
        to.append_null();
      else
        to.append(cell.sum / static_cast<double>(cell.count));
    }
  }
};

}  // namespace

AggregateKind bind_average(const AggregateCall& call) {
  check_argument_count(call, 1, 1);
  if (!call.arguments[0].is_numeric())
    throw Error::user(call.function + " takes a number; this is " +
                      with_article(call.arguments[0]));
  if (call.arguments[0].is_decimal()) return bind_decimal_average(call);
  return kind_of<Average>(TypeId::float64);
}

}  // namespace millrace::window
