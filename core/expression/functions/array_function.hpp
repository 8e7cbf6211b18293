#pragma once
#include <string>
#include <utility>
#include <vector>

#include "core/expression/function.hpp"

namespace millrace {

/// An entry of the array family that binds on its own.
inline Function array_function(std::vector<std::string> names, std::string usage, std::string help,
                               std::vector<Example> examples,
                               std::function<NodePtr(Binding&)> bind) {
  return {.names = std::move(names),
          .family = Family::array,
          .usage = std::move(usage),
          .help = std::move(help),
          .examples = std::move(examples),
          .overloads = {},
          .bind = std::move(bind)};
}

}  // namespace millrace
