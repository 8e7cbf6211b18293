// stddev_samp (stddev), stddev_pop, var_samp (variance), var_pop. Kept as count, mean and sum of
// squared distances (Welford), merged by Chan's formula: neither loses digits when values are
// large and close together. Of a sample of one value they are null.
#include <cmath>

#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

struct VarianceCell {
  double count = 0;
  double mean = 0;
  double squares = 0;

  void add(double value) {
    count += 1;
    const double distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
  }

  static constexpr size_t saved_bytes = 3 * sizeof(double);
  void save(char* to) const {
    store_value(to, count);
    store_value(to + 8, mean);
    store_value(to + 16, squares);
  }
  void merge(const char* from) {
    const auto other = load_value<double>(from);
    if (other == 0) return;
    const double distance = load_value<double>(from + 8) - mean;
    const double total = count + other;
    squares += load_value<double>(from + 16) + distance * distance * count * other / total;
    mean += distance * other / total;
    count = total;
  }
};

class Variance final : public FixedAccumulators<VarianceCell> {
 public:
  Variance(bool sample, bool root) : sample_(sample), root_(root) {}

  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    auto* cells = cells_.data();
    for_each_real(arguments[0], assignment,
                  [=](uint32_t group, double value) { cells[group].add(value); });
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) {
      const auto& cell = cells_[group];
      const double divisor = sample_ ? cell.count - 1 : cell.count;
      if (divisor <= 0)
        to.append_null();
      else
        to.append(root_ ? std::sqrt(cell.squares / divisor) : cell.squares / divisor);
    }
  }

 private:
  bool sample_;
  bool root_;
};

}  // namespace

AggregateKind bind_variance(const AggregateCall& call) {
  check_argument_count(call, 1, 1);
  if (!call.arguments[0].is_numeric())
    throw Error::user(call.function + " takes a number; this is " +
                      with_article(call.arguments[0]));
  return kind_of<Variance>(TypeId::float64, !call.function.ends_with("_pop"),
                           call.function.starts_with("std"));
}

}  // namespace millrace::window
