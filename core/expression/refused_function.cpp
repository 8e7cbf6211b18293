#include "core/expression/refused_function.hpp"

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/diagnostics/nearest.hpp"
#include "core/expression/expression_error.hpp"
#include "core/expression/function.hpp"

namespace millrace {

namespace {

using Kind = ExpressionError::Kind;

bool is_aggregate(const std::string& name) {
  static const std::set<std::string> aggregates{"any",
                                                "any_value",
                                                "approx_count_distinct",
                                                "approx_percentile",
                                                "array_agg",
                                                "avg",
                                                "bit_and",
                                                "bit_or",
                                                "bit_xor",
                                                "bool_and",
                                                "bool_or",
                                                "collect_list",
                                                "collect_set",
                                                "corr",
                                                "count",
                                                "count_if",
                                                "covar_pop",
                                                "covar_samp",
                                                "every",
                                                "first",
                                                "first_value",
                                                "kurtosis",
                                                "last",
                                                "last_value",
                                                "listagg",
                                                "max",
                                                "max_by",
                                                "mean",
                                                "median",
                                                "min",
                                                "min_by",
                                                "mode",
                                                "percentile",
                                                "percentile_approx",
                                                "percentile_cont",
                                                "percentile_disc",
                                                "regr_avgx",
                                                "regr_avgy",
                                                "regr_count",
                                                "regr_intercept",
                                                "regr_r2",
                                                "regr_slope",
                                                "regr_sxx",
                                                "regr_sxy",
                                                "regr_syy",
                                                "skewness",
                                                "some",
                                                "std",
                                                "stddev",
                                                "stddev_pop",
                                                "stddev_samp",
                                                "string_agg",
                                                "sum",
                                                "try_avg",
                                                "try_sum",
                                                "var_pop",
                                                "var_samp",
                                                "variance"};
  return aggregates.count(name) != 0;
}

/// What is refused for a reason: the reason, and a way out.
struct Reason {
  const char* message;
  const char* help;
};

constexpr Reason time{
    "the current time is not the same when an epoch is replayed",
    "use a timestamp column; a source such as Kafka gives the time of arrival as `timestamp`"};
constexpr Reason zone{"an expression does not see the settings around it",
                      "write the zone as a text: 'Europe/Berlin'"};
constexpr Reason chance{"random values are not the same when an epoch is replayed",
                        "take one from the data: pmod(xxhash64(key), 100)"};
constexpr Reason rows{"the number of results of an expression is that of its rows",
                      "take single items: element_at(array, 1), size(array)"};
constexpr Reason number{"rows have no number in a stream",
                        "use a key of the data; Kafka gives `partition` and `offset`"};
constexpr Reason schema{"its result has columns of its own",
                        "use a transform of type = \"parse_json\""};
constexpr Reason window{"windows belong to a transform",
                        "use type = \"tumbling_window\", \"session_window\" or \"add_window\""};
constexpr Reason zoneless{"there is no timestamp without a zone",
                          "from_utc_timestamp and to_utc_timestamp move a timestamp between zones"};
constexpr Reason months{"an interval of months has no fixed length",
                        "write interval '2 months' where it is added, or add_months(date, 2)"};
constexpr Reason map{"there is no type for maps", "use a struct or an array of structs"};
constexpr Reason lambda{"there are no functions over items, such as x -> x + 1",
                        "take single items: element_at(array, 1), array_max(array)"};

constexpr std::pair<std::string_view, const Reason*> reasons[] = {
    {"window", &window},
    {"session_window", &window},
    {"convert_timezone", &zoneless},
    {"to_timestamp_ntz", &zoneless},
    {"make_timestamp_ntz", &zoneless},
    {"try_make_timestamp_ntz", &zoneless},
    {"make_interval", &months},
    {"make_ym_interval", &months},
    {"map", &map},
    {"map_from_arrays", &map},
    {"map_from_entries", &map},
    {"map_keys", &map},
    {"map_values", &map},
    {"str_to_map", &map},
    {"transform", &lambda},
    {"filter", &lambda},
    {"exists", &lambda},
    {"forall", &lambda},
    {"reduce", &lambda},
    {"zip_with", &lambda},
    {"now", &time},
    {"curdate", &time},
    {"current_date", &time},
    {"current_timestamp", &time},
    {"current_time", &time},
    {"current_timezone", &zone},
    {"localtime", &time},
    {"localtimestamp", &time},
    {"rand", &chance},
    {"randn", &chance},
    {"randstr", &chance},
    {"uniform", &chance},
    {"random", &chance},
    {"uuid", &chance},
    {"shuffle", &chance},
    {"explode", &rows},
    {"explode_outer", &rows},
    {"posexplode", &rows},
    {"posexplode_outer", &rows},
    {"inline", &rows},
    {"inline_outer", &rows},
    {"stack", &rows},
    {"monotonically_increasing_id", &number},
    {"spark_partition_id", &number},
    {"row_number", &number},
    {"rank", &number},
    {"dense_rank", &number},
    {"lag", &number},
    {"lead", &number},
    {"ntile", &number},
    {"from_json", &schema},
    {"json_tuple", &schema}};

const Reason* reason_of(const std::string& name) {
  for (const auto& [refused, reason] : reasons)
    if (refused == name) return reason;
  return nullptr;
}

}  // namespace

void refuse_known(const std::string& name, size_t begin, size_t end) {
  std::string lower(name);
  for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (const auto* reason = reason_of(lower))
    throw ExpressionError(Kind::unsupported, "`" + lower + "` is not supported: " + reason->message,
                          begin, end, reason->help);
}

void refuse_function(const AstNode& ast) {
  const size_t name_end = ast.begin + ast.function.size();
  if (is_aggregate(ast.function))
    throw ExpressionError(
        Kind::aggregate, "the aggregate `" + ast.function + "` cannot be used here", ast.begin,
        ast.end,
        "aggregates belong under `aggregates` of a window or aggregate transform, "
        "one call each");
  refuse_known(ast.function, ast.begin, name_end);
  std::vector<std::string> names;
  for (const auto& function : all_functions())
    names.insert(names.end(), function.names.begin(), function.names.end());
  std::string help = "docs/functions.md lists all functions";
  if (const auto near = nearest(ast.function, names)) help = "did you mean `" + *near + "`?";
  throw ExpressionError(Kind::unknown_function, "unknown function `" + ast.function + "`",
                        ast.begin, name_end, help);
}

}  // namespace millrace
