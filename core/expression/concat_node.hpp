#pragma once
#include <vector>

#include "core/expression/node.hpp"

namespace millrace {

/// Joins strings; null where one is null.
NodePtr make_concat(std::vector<NodePtr> texts);

/// Joins the strings that are not null with a separator between them, which is the first argument;
/// null where the separator is.
NodePtr make_concat_with_separator(std::vector<NodePtr> separator_and_texts);

}  // namespace millrace
