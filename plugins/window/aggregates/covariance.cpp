// covar_pop, covar_samp, corr of two columns, over the rows where both have values. Kept as Welford
// keeps a variance: counts, means and sums of products of distances.
#include <cmath>

#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

struct CovarianceCell {
  double count = 0;
  double x_mean = 0;
  double y_mean = 0;
  double products = 0;
  double x_squares = 0;
  double y_squares = 0;

  void add(const CovarianceCell& other) {
    if (other.count == 0) return;
    const double total = count + other.count;
    const double dx = other.x_mean - x_mean;
    const double dy = other.y_mean - y_mean;
    const double weight = count * other.count / total;
    products += other.products + dx * dy * weight;
    x_squares += other.x_squares + dx * dx * weight;
    y_squares += other.y_squares + dy * dy * weight;
    x_mean += dx * other.count / total;
    y_mean += dy * other.count / total;
    count = total;
  }

  static constexpr size_t saved_bytes = 6 * sizeof(double);
  void save(char* to) const {
    for (const double part : {count, x_mean, y_mean, products, x_squares, y_squares}) {
      store_value(to, part);
      to += sizeof part;
    }
  }
  void merge(const char* from) {
    const auto part = [&](size_t i) { return load_value<double>(from + i * sizeof(double)); };
    add({part(0), part(1), part(2), part(3), part(4), part(5)});
  }
};

enum class Measure { population, sample, correlation };

class Covariance final : public FixedAccumulators<CovarianceCell> {
 public:
  explicit Covariance(Measure measure) : measure_(measure) {}

  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    assignment.for_each([&](int64_t row, uint32_t group) {
      if (arguments[0].is_null(row) || arguments[1].is_null(row)) return;
      cells_[group].add({1, real_at(arguments[0], row), real_at(arguments[1], row), 0, 0, 0});
    });
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) {
      const auto& cell = cells_[group];
      if (cell.count <= (measure_ == Measure::population ? 0 : 1))
        to.append_null();
      else if (measure_ == Measure::correlation)
        to.append(cell.products / std::sqrt(cell.x_squares * cell.y_squares));
      else
        to.append(cell.products / (measure_ == Measure::sample ? cell.count - 1 : cell.count));
    }
  }

 private:
  Measure measure_;
};

}  // namespace

AggregateKind bind_covariance(const AggregateCall& call) {
  check_argument_count(call, 2, 2);
  for (const auto& type : call.arguments)
    if (!type.is_numeric())
      throw Error::user(call.function + " takes two numbers; this is a " + to_string(type));
  if (call.function == "corr") return kind_of<Covariance>(TypeId::float64, Measure::correlation);
  return kind_of<Covariance>(TypeId::float64,
                             call.function == "covar_pop" ? Measure::population : Measure::sample);
}

}  // namespace millrace::window
