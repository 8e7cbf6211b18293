#include "core/expression/refused_function.hpp"

#include <map>
#include <set>
#include <string>

#include "core/diagnostics/nearest.hpp"
#include "core/expression/expression_error.hpp"
#include "core/expression/function.hpp"

namespace millrace {

namespace {

using Kind = ExpressionError::Kind;

bool is_aggregate(const std::string& name) {
  static const std::set<std::string> aggregates{
      "any",        "any_value",    "approx_count_distinct",
      "array_agg",  "avg",          "bit_and",
      "bit_or",     "bit_xor",      "bool_and",
      "bool_or",    "collect_list", "collect_set",
      "corr",       "count",        "count_if",
      "covar_pop",  "covar_samp",   "every",
      "first",      "first_value",  "kurtosis",
      "last",       "last_value",   "max",
      "max_by",     "mean",         "median",
      "min",        "min_by",       "percentile",
      "skewness",   "some",         "stddev",
      "stddev_pop", "stddev_samp",  "sum",
      "var_pop",    "var_samp",     "variance"};
  return aggregates.count(name) != 0;
}

/// What is refused for a reason: the reason, and a way out.
struct Reason {
  const char* message;
  const char* help;
};

const Reason* reason_of(const std::string& name) {
  static const Reason time{
      "the current time is not the same when an epoch is replayed",
      "use a timestamp column; a source such as Kafka gives the time of arrival as `timestamp`"};
  static const Reason chance{"random values are not the same when an epoch is replayed",
                             "take one from the data: pmod(xxhash64(key), 100)"};
  static const Reason rows{"the number of results of an expression is that of its rows",
                           "take single items: element_at(array, 1), size(array)"};
  static const Reason number{"rows have no number in a stream",
                             "use a key of the data; Kafka gives `partition` and `offset`"};
  static const Reason schema{"its result has columns of its own",
                             "use a transform of type = \"parse_json\""};
  static const std::map<std::string, const Reason*> reasons{
      {"now", &time},
      {"curdate", &time},
      {"current_date", &time},
      {"current_timestamp", &time},
      {"localtimestamp", &time},
      {"rand", &chance},
      {"randn", &chance},
      {"random", &chance},
      {"uuid", &chance},
      {"shuffle", &chance},
      {"explode", &rows},
      {"explode_outer", &rows},
      {"posexplode", &rows},
      {"inline", &rows},
      {"stack", &rows},
      {"monotonically_increasing_id", &number},
      {"spark_partition_id", &number},
      {"row_number", &number},
      {"from_json", &schema},
      {"json_tuple", &schema}};
  const auto found = reasons.find(name);
  return found == reasons.end() ? nullptr : found->second;
}

}  // namespace

void refuse_function(const AstNode& ast) {
  const size_t name_end = ast.begin + ast.function.size();
  if (is_aggregate(ast.function))
    throw ExpressionError(
        Kind::aggregate, "the aggregate `" + ast.function + "` cannot be used here", ast.begin,
        ast.end,
        "aggregates belong under `aggregates` of a window or aggregate transform, "
        "one call each");
  if (const auto* reason = reason_of(ast.function))
    throw ExpressionError(Kind::unsupported,
                          "`" + ast.function + "` is not supported: " + reason->message, ast.begin,
                          name_end, reason->help);
  std::vector<std::string> names;
  for (const auto& function : all_functions())
    names.insert(names.end(), function.names.begin(), function.names.end());
  std::string help = "docs/functions.md lists all functions";
  if (const auto near = nearest(ast.function, names)) help = "did you mean `" + *near + "`?";
  throw ExpressionError(Kind::unknown_function, "unknown function `" + ast.function + "`",
                        ast.begin, name_end, help);
}

}  // namespace millrace
