#include "plugins/window/aggregates/aggregate_set.hpp"

#include <set>

namespace millrace::window {
namespace {

std::string signature_of(const AggregateCall& call) {
  std::string text = call.function + "(";
  for (const auto& type : call.arguments) {
    if (text.back() != '(') text += ", ";
    text += to_string(type);
  }
  return text + ")";
}

BoundAggregate bind_one(const Aggregate& aggregate, bool ansi) {
  if (aggregate.distinct)
    throw Error::user(aggregate.function +
                      "(DISTINCT ...) is not supported on streams: it would have to remember every "
                      "value for ever; use collect_set, or group by the column first");
  AggregateCall call{aggregate.function, {}, ansi};
  if (aggregate.star && aggregate.function != "count" && is_aggregate(aggregate.function))
    throw Error::user("only count takes a star; name a column, as in " + aggregate.function +
                      "(value)");
  if (!aggregate.star && aggregate.arguments.empty() && is_aggregate(aggregate.function))
    throw Error::user(aggregate.function +
                      "() needs an argument: a column, an expression, or count(*)");
  for (const auto& argument : aggregate.arguments) call.arguments.push_back(argument.type());
  if (aggregate.filter && aggregate.filter->type().id != TypeId::boolean &&
      aggregate.filter->type().id != TypeId::null)
    throw Error::user("the FILTER must be a condition; it is " +
                      with_article(aggregate.filter->type()));
  return {aggregate.name, bind_aggregate(call), aggregate.arguments, aggregate.filter,
          signature_of(call)};
}

}  // namespace

std::vector<BoundAggregate> bind_aggregates(const std::vector<Aggregate>& aggregates, bool ansi) {
  std::vector<BoundAggregate> bound;
  for (const auto& aggregate : aggregates) {
    try {
      bound.push_back(bind_one(aggregate, ansi));
    } catch (const Error& error) {
      throw error.about("aggregates." + aggregate.name);
    }
  }
  return bound;
}

AggregateSet::AggregateSet(const std::vector<BoundAggregate>& aggregates)
    : aggregates_(&aggregates) {
  for (const auto& aggregate : aggregates) accumulators_.push_back(aggregate.kind.make());
}

void AggregateSet::resize(size_t groups) {
  for (auto& accumulators : accumulators_) accumulators->resize(groups);
}

void AggregateSet::add(const Batch& batch, const Assignment& assignment) {
  for (size_t i = 0; i < accumulators_.size(); ++i) {
    const auto& aggregate = (*aggregates_)[i];
    try {
      arguments_.clear();
      for (const auto& argument : aggregate.arguments)
        arguments_.push_back(argument.evaluate(batch));
      Assignment chosen = assignment;
      if (aggregate.filter) {
        const Column filter = aggregate.filter->evaluate(batch);
        filtered_rows_.clear();
        filtered_groups_.clear();
        assignment.for_each([&](int64_t row, uint32_t group) {
          if (filter.is_null(row) || !filter.boolean(row)) return;
          filtered_rows_.push_back(static_cast<uint32_t>(row));
          filtered_groups_.push_back(group);
        });
        chosen = {filtered_rows_.data(), filtered_groups_.data(), filtered_rows_.size()};
      }
      if (chosen.count != 0) accumulators_[i]->add(arguments_, chosen);
    } catch (const Error& error) {
      throw error.within("aggregate `" + aggregate.name + "`");
    }
  }
  arguments_.clear();
}

void AggregateSet::merge(std::span<const uint32_t> groups, std::span<const char*> cursors) {
  for (size_t i = 0; i < accumulators_.size(); ++i) {
    try {
      accumulators_[i]->merge(groups, cursors.data());
    } catch (const Error& error) {
      throw error.within("aggregate `" + (*aggregates_)[i].name + "`");
    }
  }
}

void AggregateSet::save(std::span<const uint32_t> groups, size_t prefix, SavedStates& out) const {
  const size_t count = groups.size();
  out.sizes_.clear();
  out.sizes_.append(count, static_cast<uint32_t>(prefix));
  for (const auto& accumulators : accumulators_) accumulators->measure(groups, out.sizes_.data());
  out.offsets_.resize(count + 1);
  out.offsets_[0] = 0;
  for (size_t i = 0; i < count; ++i) out.offsets_[i + 1] = out.offsets_[i] + out.sizes_[i];
  out.bytes_.resize(out.offsets_[count]);
  out.cursors_.resize(count);
  for (size_t i = 0; i < count; ++i) out.cursors_[i] = out.prefix(i) + prefix;
  for (const auto& accumulators : accumulators_) accumulators->save(groups, out.cursors_.data());
}

void AggregateSet::results(std::span<const uint32_t> groups, std::vector<Column>& columns) const {
  for (size_t i = 0; i < accumulators_.size(); ++i) {
    ColumnBuilder builder((*aggregates_)[i].kind.result);
    builder.reserve(groups.size());
    accumulators_[i]->result(groups, builder);
    columns.push_back(builder.finish());
  }
}

}  // namespace millrace::window
