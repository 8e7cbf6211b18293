// covar_pop, covar_samp, corr of two columns, over the rows where both have values.
#include <cmath>

#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/covariance_cell.hpp"

namespace millrace::window {
namespace {

enum class Measure { population, sample, correlation };

class Covariance final : public FixedAccumulators<CovarianceCell> {
 public:
  explicit Covariance(Measure measure) : measure_(measure) {}

  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    add_pairs(arguments[0], arguments[1], assignment, cells_);
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
      throw Error::user(call.function + " takes two numbers; this is " + with_article(type));
  if (call.function == "corr") return kind_of<Covariance>(TypeId::float64, Measure::correlation);
  return kind_of<Covariance>(TypeId::float64,
                             call.function == "covar_pop" ? Measure::population : Measure::sample);
}

}  // namespace millrace::window
