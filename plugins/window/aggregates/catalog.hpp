#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/window/aggregates/accumulators.hpp"

namespace millrace::window {

/// A call of an aggregate function, before it is known to be right.
struct AggregateCall {
  std::string function;
  std::vector<Type> arguments;  // None for `*`.
  bool ansi = true;
};

/// A call that is right.
struct AggregateKind {
  Type result;
  std::function<std::unique_ptr<Accumulators>()> make;
  /// The result is the same, to the last bit, however rows are split into partial results and in
  /// whichever order those are merged; but that a sum on the way may not fit, which is an error.
  bool is_free_of_order = false;
};

/// Each checks the arguments and throws Error::user if they do not fit.
AggregateKind bind_count(const AggregateCall& call);
AggregateKind bind_sum(const AggregateCall& call);
AggregateKind bind_average(const AggregateCall& call);
AggregateKind bind_decimal_sum(const AggregateCall& call);
AggregateKind bind_decimal_average(const AggregateCall& call);
AggregateKind bind_extreme(const AggregateCall& call);       // min, max
AggregateKind bind_pick(const AggregateCall& call);          // first, last
AggregateKind bind_extreme_by(const AggregateCall& call);    // min_by, max_by
AggregateKind bind_extreme_list(const AggregateCall& call);  // min_by, max_by of several rows
AggregateKind bind_collect(const AggregateCall& call);       // collect_list, collect_set
AggregateKind bind_variance(const AggregateCall& call);      // stddev_*, var_*
AggregateKind bind_approximate_count(const AggregateCall& call);
AggregateKind bind_count_if(const AggregateCall& call);
AggregateKind bind_truth(const AggregateCall& call);       // bool_and, bool_or
AggregateKind bind_bits(const AggregateCall& call);        // bit_and, bit_or, bit_xor
AggregateKind bind_covariance(const AggregateCall& call);  // corr, covar_*
AggregateKind bind_moments(const AggregateCall& call);     // skewness, kurtosis
AggregateKind bind_percentile(const AggregateCall& call);  // median, percentile, percentile_*
AggregateKind bind_mode(const AggregateCall& call);
AggregateKind bind_text_list(const AggregateCall& call);   // listagg, string_agg
AggregateKind bind_regression(const AggregateCall& call);  // regr_*

bool is_aggregate(std::string_view function);

/// Finds the function by name; an unknown one is an error with the nearest known name.
AggregateKind bind_aggregate(const AggregateCall& call);

/// The names of all of them.
std::vector<std::string_view> aggregate_names();

/// Throws unless the call has from `least` to `most` arguments.
void check_argument_count(const AggregateCall& call, size_t least, size_t most);

template <class Made, class... Arguments>
AggregateKind kind_of(Type result, Arguments... arguments) {
  return {std::move(result), [=] { return std::make_unique<Made>(arguments...); }};
}

inline AggregateKind free_of_order(AggregateKind kind) {
  kind.is_free_of_order = true;
  return kind;
}

}  // namespace millrace::window
