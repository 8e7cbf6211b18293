#pragma once
#include <array>
#include <optional>

#include "core/plan/join_condition.hpp"

namespace millrace {

/// What a comparison says of a timestamp of one input and one of the other: solved for the later
/// one, `later >= earlier + offset`. Nothing where it says something else. The columns are under
/// their qualified names (join_names.hpp).
std::optional<mr_time_bound> time_bound(const AstNode& comparison,
                                        const std::array<JoinSide, 2>& sides);

}  // namespace millrace
