#pragma once
#include <cstddef>

#include "core/plan/plan_builder.hpp"

namespace millrace {

/// How often the rows of a component are read; its side outputs do not count.
size_t readers_of(const Config& config, size_t component);

/// Moves a condition on the rows that component `at` puts out as far towards the sources as it
/// means the same there: in front of a watermark, unless it uses the watermark's column, or to the
/// windows of an aggregation.
void move_up(const Config& config, const Ast& condition, size_t at, MovedConditions& moved);

}  // namespace millrace
