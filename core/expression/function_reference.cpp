#include "core/expression/function_reference.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "core/expression/function.hpp"
#include "core/expression/parse.hpp"
#include "core/expression/program.hpp"

namespace millrace {

namespace {

/// A pipe would end a cell of the table.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? "\\|" : std::string(1, c);
  return escaped;
}

/// The types that it may give, "int, long or double"; those of the examples where the function
/// takes any type.
std::string results(const Function& function) {
  std::vector<std::string> types;
  const auto add = [&](const std::string& name) {
    if (std::find(types.begin(), types.end(), name) == types.end()) types.push_back(name);
  };
  // How many digits a decimal has depends on the arguments.
  for (const auto& overload : function.overloads)
    add(overload.result.is_decimal() ? "decimal" : to_string(overload.result));
  if (function.bind)
    for (const auto& example : function.examples)
      add(to_string(bind(parse(example.expression), {}, {})->type()));
  std::string text;
  for (size_t i = 0; i < types.size(); ++i)
    text += (i == 0 ? "" : (i + 1 == types.size() ? " or " : ", ")) + types[i];
  return text;
}

std::string row_of(const Function& function) {
  std::string text = "| `" + cell(function.usage) + "`";
  std::string synonyms;
  for (size_t i = 1; i < function.names.size(); ++i)
    synonyms += (i == 1 ? "" : ", ") + ("`" + cell(function.names[i]) + "`");
  if (!synonyms.empty()) text += " (also " + synonyms + ")";
  text += " | " + cell(function.help) + " | " + results(function) + " | ";
  for (size_t i = 0; i < function.examples.size(); ++i)
    text += (i == 0 ? "`" : "<br>`") + cell(function.examples[i].expression) + "` → `" +
            cell(function.examples[i].result) + "`";
  return text + " |\n";
}

constexpr const char* introduction =
    "# Functions\n\n"
    "Made by `millrace functions` from the table that the engine binds expressions with; every\n"
    "example is run as a test. Names are not case sensitive. Meaning, nulls and errors are those "
    "of\n"
    "Spark SQL: unless a line says otherwise, the result is null where an argument is null. Under\n"
    "ANSI rules (the default) overflow, division by zero, bad casts and positions outside of an\n"
    "array fail the epoch and name the row; with `ansi = false` they wrap around or give null.\n"
    "What takes values of any type gives the type that they have in common; then the table shows\n"
    "the types of the examples.\n\n"
    "Not there on purpose, since a replayed epoch must give the same rows: the current time,\n"
    "random values, row numbers. Aggregates belong under `aggregates` of a window or aggregate\n"
    "transform. Regular expressions are RE2's: no lookaround, no back references.\n";

}  // namespace

std::string function_reference() {
  std::map<Family, std::string> tables;
  for (const auto& function : all_functions()) tables[function.family] += row_of(function);
  std::string text = introduction;
  for (const auto& [family, rows] : tables)
    text += "\n## " + std::string(to_string(family)) +
            "\n\n| call | meaning | result | examples |\n|---|---|---|---|\n" + rows;
  return text;
}

}  // namespace millrace
