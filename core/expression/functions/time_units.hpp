#pragma once
#include "core/expression/function.hpp"

namespace millrace {

/// timestampadd, timestampdiff, months_between, next_day, make_timestamp and their like.
void add_time_units(FunctionList& list);

/// dateadd, date_add, datediff, date_diff: with two arguments they count days, with three the first
/// is a unit.
NodePtr bind_date_add(Binding& binding);
NodePtr bind_date_diff(Binding& binding);

}  // namespace millrace
