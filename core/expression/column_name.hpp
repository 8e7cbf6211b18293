#pragma once
#include <string_view>
#include <vector>

#include "millrace/type.hpp"

namespace millrace {

/// Whether two names differ in the case of letters at most.
bool same_name(std::string_view left, std::string_view right);

/// The position of a name: as written, or else the only one that differs in case alone. -1: none.
int find_column(const std::vector<Field>& fields, std::string_view name);

}  // namespace millrace
