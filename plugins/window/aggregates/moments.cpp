// skewness, kurtosis: of the population, kept as the count, the mean and the sums of the second,
// third and fourth powers of distances; merged by Pébay's formulas. Null where all values are
// equal.
#include <cmath>

#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

struct MomentsCell {
  double count = 0;
  double mean = 0;
  double second = 0;
  double third = 0;
  double fourth = 0;

  void add(const MomentsCell& b) {
    if (b.count == 0) return;
    const double n = count + b.count;
    const double d = b.mean - mean;
    const double ab = count * b.count;
    fourth += b.fourth +
              d * d * d * d * ab * (count * count - ab + b.count * b.count) / (n * n * n) +
              6 * d * d * (count * count * b.second + b.count * b.count * second) / (n * n) +
              4 * d * (count * b.third - b.count * third) / n;
    third += b.third + d * d * d * ab * (count - b.count) / (n * n) +
             3 * d * (count * b.second - b.count * second) / n;
    second += b.second + d * d * ab / n;
    mean += d * b.count / n;
    count = n;
  }

  static constexpr size_t saved_bytes = 5 * sizeof(double);
  void save(char* to) const {
    for (const double part : {count, mean, second, third, fourth}) {
      store_value(to, part);
      to += sizeof part;
    }
  }
  void merge(const char* from) {
    const auto part = [&](size_t i) { return load_value<double>(from + i * sizeof(double)); };
    add({part(0), part(1), part(2), part(3), part(4)});
  }
};

class Moments final : public FixedAccumulators<MomentsCell> {
 public:
  explicit Moments(bool skewness) : skewness_(skewness) {}

  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    auto* cells = cells_.data();
    for_each_real(arguments[0], assignment, [=](uint32_t group, double value) {
      cells[group].add({1, value, 0, 0, 0});
    });
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) {
      const auto& cell = cells_[group];
      if (cell.count == 0 || cell.second == 0)
        to.append_null();
      else if (skewness_)
        to.append(std::sqrt(cell.count) * cell.third / std::pow(cell.second, 1.5));
      else
        to.append(cell.count * cell.fourth / (cell.second * cell.second) - 3);
    }
  }

 private:
  bool skewness_;
};

}  // namespace

AggregateKind bind_moments(const AggregateCall& call) {
  check_argument_count(call, 1, 1);
  if (!call.arguments[0].is_numeric())
    throw Error::user(call.function + " takes a number; this is " +
                      with_article(call.arguments[0]));
  return kind_of<Moments>(TypeId::float64, call.function == "skewness");
}

}  // namespace millrace::window
