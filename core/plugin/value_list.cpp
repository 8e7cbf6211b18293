#include "core/plugin/value_list.hpp"

namespace millrace {

mr_str ValueList::keep(std::string text) { return str(texts_.emplace_back(std::move(text))); }

mr_value& ValueList::add(std::string name, int32_t type) {
  auto& value = values_.emplace_back();
  value.name = keep(std::move(name));
  value.type = type;
  return value;
}

void ValueList::add_integer(std::string name, int32_t type, int64_t number) {
  add(std::move(name), type).integer = number;
}

void ValueList::add_real(std::string name, double number) {
  add(std::move(name), MR_OPTION_REAL).real = number;
}

void ValueList::add_text(std::string name, std::string text) {
  const auto kept = keep(std::move(text));
  add(std::move(name), MR_OPTION_STRING).text = kept;
}

void ValueList::add_list(std::string name, std::vector<std::string> items) {
  auto& pairs = pairs_.emplace_back();
  for (auto& item : items) pairs.push_back({keep(std::move(item)), {nullptr, 0}});
  auto& value = add(std::move(name), MR_OPTION_STRING_LIST);
  value.pairs = pairs.data();
  value.pair_count = pairs.size();
}

void ValueList::add_map(std::string name,
                        const std::vector<std::pair<std::string, std::string>>& entries) {
  auto& pairs = pairs_.emplace_back();
  for (const auto& [key, text] : entries) pairs.push_back({keep(key), keep(text)});
  auto& value = add(std::move(name), MR_OPTION_STRING_MAP);
  value.pairs = pairs.data();
  value.pair_count = pairs.size();
}

void ValueList::add_columns(std::string name, const Schema& columns) {
  const auto& schema = schemas_.emplace_back(columns);
  add(std::move(name), MR_OPTION_COLUMNS).columns = schema.get();
}

std::vector<mr_named_expression>& ValueList::cross(std::vector<BoundExpression> expressions) {
  auto& crossing = expressions_.emplace_back();
  for (auto& from : expressions) {
    const auto& type = schemas_.emplace_back(Field{from.name, from.type});
    crossing.push_back(
        {keep(std::move(from.name)), from.expression.get(), type.get(), from.column});
    kept_.push_back(std::move(from.expression));
  }
  return crossing;
}

void ValueList::add_expressions(std::string name, int32_t type,
                                std::vector<BoundExpression> expressions) {
  const auto& crossing = cross(std::move(expressions));
  auto& value = add(std::move(name), type);
  value.expressions = crossing.data();
  value.expression_count = crossing.size();
}

void ValueList::add_aggregates(std::string name, std::vector<BoundAggregate> aggregates) {
  auto& crossing = aggregates_.emplace_back();
  for (auto& from : aggregates) {
    const auto& arguments = cross(std::move(from.arguments));
    const auto& filter = cross(std::move(from.filter));
    crossing.push_back({keep(std::move(from.name)), keep(std::move(from.function)),
                        from.star ? 1 : 0, from.distinct ? 1 : 0, arguments.data(),
                        arguments.size(), filter.empty() ? nullptr : filter.data()});
  }
  auto& value = add(std::move(name), MR_OPTION_AGGREGATES);
  value.aggregates = crossing.data();
  value.aggregate_count = crossing.size();
}

void ValueList::add_join(std::string name, BoundJoin from) {
  auto& kept = joins_.emplace_back(std::move(from));
  auto& crossing = join_conditions_.emplace_back();
  crossing.size = sizeof crossing;
  crossing.key_count = kept.null_safe.size();
  crossing.null_safe = kept.null_safe.data();
  for (size_t side = 0; side < 2; ++side) {
    crossing.keys[side] = cross(std::move(kept.keys[side])).data();
    const auto& own = cross(std::move(kept.own[side]));
    crossing.conditions[side] = own.empty() ? nullptr : own.data();
    crossing.never_null[side] = kept.never_null[side].data();
    crossing.never_null_count[side] = kept.never_null[side].size();
  }
  const auto& both = cross(std::move(kept.both));
  crossing.condition = both.empty() ? nullptr : both.data();
  crossing.condition_columns = kept.both_columns.data();
  crossing.condition_column_count = kept.both_columns.size();
  crossing.bounds = kept.bounds.data();
  crossing.bound_count = kept.bounds.size();
  add(std::move(name), MR_OPTION_JOIN).join = &crossing;
}

const mr_values* ValueList::get() {
  crossing_ = {values_.data(), values_.size(), sizeof(mr_value)};
  return &crossing_;
}

}  // namespace millrace
