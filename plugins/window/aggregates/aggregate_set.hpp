#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "millrace/batch.hpp"
#include "millrace/buffer.hpp"
#include "millrace/expression.hpp"

#include "plugins/window/aggregates/catalog.hpp"

namespace millrace::window {

/// One entry of `aggregates`, checked.
struct BoundAggregate {
  std::string name;
  AggregateKind kind;
  std::vector<Expression> arguments;
  std::optional<Expression> filter;
  std::string signature;  // "sum(long)": what its saved form depends on.
};

/// Throws Error::user about "aggregates.<name>".
std::vector<BoundAggregate> bind_aggregates(const std::vector<Aggregate>& aggregates, bool ansi);

/// The saved partial results of some groups, each preceded by `prefix` bytes for the caller.
class SavedStates {
 public:
  std::string_view operator[](size_t i) const {
    return {bytes_.data() + offsets_[i], offsets_[i + 1] - offsets_[i]};
  }
  char* prefix(size_t i) { return bytes_.data() + offsets_[i]; }

 private:
  friend class AggregateSet;
  Buffer<char> bytes_;
  Buffer<size_t> offsets_;
  Buffer<uint32_t> sizes_;
  Buffer<char*> cursors_;
};

/// The accumulators of all aggregates, over the groups of one table.
class AggregateSet {
 public:
  explicit AggregateSet(const std::vector<BoundAggregate>& aggregates);

  void resize(size_t groups);
  void add(const Batch& batch, const Assignment& assignment);
  /// Each cursor is where the saved form of a group's partial result begins.
  void merge(std::span<const uint32_t> groups, std::span<const char*> cursors);
  void save(std::span<const uint32_t> groups, size_t prefix, SavedStates& out) const;
  /// Appends one result column for each aggregate.
  void results(std::span<const uint32_t> groups, std::vector<Column>& columns) const;

 private:
  const std::vector<BoundAggregate>* aggregates_;
  std::vector<std::unique_ptr<Accumulators>> accumulators_;
  std::vector<Column> arguments_;
  Buffer<uint32_t> filtered_rows_;
  Buffer<uint32_t> filtered_groups_;
};

}  // namespace millrace::window
