#pragma once
// The one table of every metric. A new metric is one line here; its series are made by name in
// metrics.cpp or component_series.cpp. Names keep Prometheus' rules: base units, `_total` for
// counters, Unix seconds for points in time, no ids or offsets in labels.

#include <span>
#include <string_view>

#include "core/observe/bounds.hpp"

namespace millrace::observe {

enum class FamilyType { counter, gauge, histogram };

/// Which labels a family has before its own: `pipeline`; plus component_id, component_kind and
/// component_type; plus topic and partition.
enum class FamilyScope { pipeline, component, partition };

struct Family {
  std::string_view name;
  FamilyType type;
  FamilyScope scope;
  std::string_view labels;  ///< Its own, separated by commas.
  std::string_view help;
  std::span<const double> upper_bounds = {};
};

/// The table; see families.cpp.
std::span<const Family> families();

/// The row of a name; throws Error{internal} when the table has none.
const Family& family(std::string_view name);

}  // namespace millrace::observe
