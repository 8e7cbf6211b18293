#pragma once
#include "core/expression/function.hpp"

namespace millrace {

/// Functions that make arrays out of arrays.
void add_array_changes(FunctionList& list);

/// Functions that make one array out of several.
void add_array_sets(FunctionList& list);

/// Functions that make one number out of an array.
void add_array_totals(FunctionList& list);

/// concat and reverse where they are given arrays.
NodePtr bind_joined_arrays(Binding& binding);
NodePtr bind_reversed_array(Binding& binding);

/// Refuses calls whose first argument is no array, or with another number of arguments.
void expect_array(const Binding& binding, size_t count);

/// The same for an array and a value, which get one type: that of the items.
void expect_array_and_item(Binding& binding);

}  // namespace millrace
