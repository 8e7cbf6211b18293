// regr_count, regr_slope and their like: the line y = slope * x + intercept that is nearest to the
// rows, over those where both have values. The first argument is y.
#include <array>
#include <string_view>

#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/covariance_cell.hpp"

namespace millrace::window {
namespace {

/// A result; false where there is none.
using Measure = bool (*)(const CovarianceCell&, double&);

struct Named {
  std::string_view name;
  Measure measure;
};

constexpr std::array<Named, 8> measures{{
    {"regr_avgx",
     [](const CovarianceCell& cell, double& to) { return to = cell.x_mean, cell.count > 0; }},
    {"regr_avgy",
     [](const CovarianceCell& cell, double& to) { return to = cell.y_mean, cell.count > 0; }},
    {"regr_sxx",
     [](const CovarianceCell& cell, double& to) { return to = cell.x_squares, cell.count > 0; }},
    {"regr_syy",
     [](const CovarianceCell& cell, double& to) { return to = cell.y_squares, cell.count > 0; }},
    {"regr_sxy",
     [](const CovarianceCell& cell, double& to) { return to = cell.products, cell.count > 0; }},
    {"regr_slope",
     [](const CovarianceCell& cell, double& to) {
       to = cell.products / cell.x_squares;
       return cell.x_squares != 0;
     }},
    {"regr_intercept",
     [](const CovarianceCell& cell, double& to) {
       to = cell.y_mean - cell.products / cell.x_squares * cell.x_mean;
       return cell.x_squares != 0;
     }},
    {"regr_r2",
     [](const CovarianceCell& cell, double& to) {
       to = cell.y_squares == 0 ? 1
                                : cell.products * cell.products / (cell.x_squares * cell.y_squares);
       return cell.x_squares != 0;
     }},
}};

class Regression final : public FixedAccumulators<CovarianceCell> {
 public:
  explicit Regression(Measure result_of) : result_of_(result_of) {}

  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    add_pairs(arguments[1], arguments[0], assignment, cells_);
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) {
      double value = 0;
      if (result_of_(cells_[group], value))
        to.append(value);
      else
        to.append_null();
    }
  }

 private:
  Measure result_of_;
};

}  // namespace

AggregateKind bind_regression(const AggregateCall& call) {
  check_argument_count(call, 2, 2);
  for (const auto& type : call.arguments)
    if (!type.is_numeric())
      throw Error::user(call.function + " takes two numbers; this is " + with_article(type));
  if (call.function == "regr_count") return bind_count(call);
  for (const auto& [name, measure] : measures)
    if (name == call.function) return kind_of<Regression>(TypeId::float64, measure);
  throw Error::internal("there is no " + call.function);
}

}  // namespace millrace::window
