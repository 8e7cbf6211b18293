#include "core/expression/function.hpp"

#include <map>

namespace millrace {

const std::vector<Function>& all_functions() {
  static const auto functions = [] {
    FunctionList list;
    add_operators(list);
    add_conditionals(list);
    add_math(list);
    add_texts(list);
    add_regular_expressions(list);
    add_times(list);
    add_arrays(list);
    add_structures(list);
    add_json(list);
    add_hashes(list);
    add_conversions(list);
    return list;
  }();
  return functions;
}

const Function* find_function(std::string_view name) {
  static const auto by_name = [] {
    std::map<std::string, const Function*, std::less<>> names;
    for (const auto& function : all_functions())
      for (const auto& known : function.names) names.emplace(known, &function);
    return names;
  }();
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

std::string_view to_string(Family family) {
  switch (family) {
    case Family::operators:
      return "Operators";
    case Family::conditional:
      return "Conditions and nulls";
    case Family::math:
      return "Numbers";
    case Family::text:
      return "Strings";
    case Family::regular_expression:
      return "Patterns and regular expressions";
    case Family::time:
      return "Dates and timestamps";
    case Family::array:
      return "Arrays";
    case Family::structure:
      return "Structs";
    case Family::json:
      return "JSON";
    case Family::hash:
      return "Hashes and digests";
    case Family::conversion:
      return "Types";
  }
  return "";
}

}  // namespace millrace
