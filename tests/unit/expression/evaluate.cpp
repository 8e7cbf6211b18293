#include "tests/unit/expression/evaluate.hpp"

#include "millrace/column_builder.hpp"

#include "core/expression/parse.hpp"
#include "core/expression/types.hpp"
#include "core/expression/value_text.hpp"

namespace millrace::test {

namespace {

/// Splits at commas that are not inside quotes or parentheses.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts{""};
  bool quoted = false;
  int depth = 0;
  for (const char c : text) {
    if (c == '\'') quoted = !quoted;
    if (!quoted && (c == '(' || c == ')')) depth += c == '(' ? 1 : -1;
    if (c == ',' && !quoted && depth == 0)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

Column value_of(const std::string& text, const Type& type) {
  const auto program = bind(parse("CAST(" + text + " AS " + to_string(type) + ")"), {}, {});
  return program->evaluate(empty_batch(1));
}

}  // namespace

void Table::set_columns(const std::string& text) {
  schema_.fields.clear();
  rows_.clear();
  for (auto part : split(text)) {
    part.erase(0, part.find_first_not_of(' '));
    const size_t blank = part.find(' ');
    schema_.fields.push_back({part.substr(0, blank), parse_type(part.substr(blank + 1))});
  }
}

void Table::add_row(const std::string& text) { rows_.push_back(text); }

Batch Table::batch() const {
  std::vector<ColumnBuilder> builders;
  for (const auto& field : schema_.fields) builders.emplace_back(field.type);
  for (const auto& row : rows_) {
    const auto values = split(row);
    for (size_t i = 0; i < builders.size(); ++i)
      builders[i].append_from(value_of(values.at(i), schema_[i].type), 0);
  }
  std::vector<Column> columns;
  for (auto& builder : builders) columns.push_back(builder.finish());
  return {std::make_shared<const Schema>(schema_), std::move(columns),
          static_cast<int64_t>(rows_.size())};
}

std::string evaluate(const std::string& text, const Options& options) {
  return evaluate(text, empty_batch(1), options).values.at(0);
}

Evaluated evaluate(const std::string& text, const Batch& batch, const Options& options) {
  const auto program = bind(parse(text), batch.schema(), options);
  const Column column = program->evaluate(batch);
  Evaluated result{to_string(program->type()), {}};
  for (int64_t row = 0; row < column.length; ++row)
    result.values.push_back(value_text(column, row));
  return result;
}

Batch empty_batch(int64_t rows) { return {std::make_shared<const Schema>(), {}, rows}; }

}  // namespace millrace::test
