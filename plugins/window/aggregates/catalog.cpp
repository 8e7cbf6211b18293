#include "plugins/window/aggregates/catalog.hpp"

#include <algorithm>
#include <numeric>

#include "millrace/error.hpp"

namespace millrace::window {
namespace {

struct Entry {
  std::string_view name;
  AggregateKind (*bind)(const AggregateCall&);
};

constexpr Entry catalog[] = {
    {"count", bind_count},
    {"sum", bind_sum},
    {"try_sum", bind_sum},
    {"avg", bind_average},
    {"mean", bind_average},
    {"try_avg", bind_average},
    {"min", bind_extreme},
    {"max", bind_extreme},
    {"first", bind_pick},
    {"first_value", bind_pick},
    {"any_value", bind_pick},
    {"last", bind_pick},
    {"last_value", bind_pick},
    {"min_by", bind_extreme_by},
    {"max_by", bind_extreme_by},
    {"collect_list", bind_collect},
    {"array_agg", bind_collect},
    {"collect_set", bind_collect},
    {"stddev", bind_variance},
    {"std", bind_variance},
    {"stddev_samp", bind_variance},
    {"stddev_pop", bind_variance},
    {"variance", bind_variance},
    {"var_samp", bind_variance},
    {"var_pop", bind_variance},
    {"approx_count_distinct", bind_approximate_count},
    {"count_if", bind_count_if},
    {"bool_and", bind_truth},
    {"every", bind_truth},
    {"bool_or", bind_truth},
    {"some", bind_truth},
    {"any", bind_truth},
    {"bit_and", bind_bits},
    {"bit_or", bind_bits},
    {"bit_xor", bind_bits},
    {"corr", bind_covariance},
    {"covar_pop", bind_covariance},
    {"covar_samp", bind_covariance},
    {"skewness", bind_moments},
    {"kurtosis", bind_moments},
    {"median", bind_percentile},
    {"percentile", bind_percentile},
    {"percentile_approx", bind_percentile},
    {"approx_percentile", bind_percentile},
    {"percentile_cont", bind_percentile},
    {"percentile_disc", bind_percentile},
    {"mode", bind_mode},
    {"listagg", bind_text_list},
    {"string_agg", bind_text_list},
    {"regr_count", bind_regression},
    {"regr_avgx", bind_regression},
    {"regr_avgy", bind_regression},
    {"regr_sxx", bind_regression},
    {"regr_syy", bind_regression},
    {"regr_sxy", bind_regression},
    {"regr_slope", bind_regression},
    {"regr_intercept", bind_regression},
    {"regr_r2", bind_regression},
};

// How many single letters have to change.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t corner = row[0]++;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = corner + (a[i] == b[j] ? 0 : 1);
      corner = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

[[noreturn]] void refuse_unknown(const std::string& function) {
  const auto* nearest =
      std::min_element(std::begin(catalog), std::end(catalog), [&](const Entry& a, const Entry& b) {
        return distance(a.name, function) < distance(b.name, function);
      });
  std::string message = "there is no aggregate function `" + function + "`";
  if (distance(nearest->name, function) <= std::max<size_t>(2, function.size() / 3)) {
    message += "; did you mean `" + std::string(nearest->name) + "`?";
  } else {
    message += "; there are";
    for (const auto& entry : catalog) message += " " + std::string(entry.name);
  }
  throw Error::user(message);
}

}  // namespace

bool is_aggregate(std::string_view function) {
  return std::any_of(std::begin(catalog), std::end(catalog),
                     [&](const Entry& entry) { return entry.name == function; });
}

AggregateKind bind_aggregate(const AggregateCall& call) {
  for (const auto& entry : catalog)
    if (entry.name == call.function) return entry.bind(call);
  refuse_unknown(call.function);
}

std::vector<std::string_view> aggregate_names() {
  std::vector<std::string_view> names;
  for (const auto& entry : catalog) names.push_back(entry.name);
  return names;
}

void check_argument_count(const AggregateCall& call, size_t least, size_t most) {
  const size_t count = call.arguments.size();
  if (count >= least && count <= most) return;
  std::string wanted = std::to_string(least);
  if (most != least) wanted += " or " + std::to_string(most);
  throw Error::user(call.function + " takes " + wanted + (most == 1 ? " argument" : " arguments") +
                    ", not " + std::to_string(count));
}

}  // namespace millrace::window
