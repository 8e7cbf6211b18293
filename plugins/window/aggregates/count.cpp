// count(*): rows. count(a, b): rows in which no argument is null.
#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

struct CountCell {
  int64_t count = 0;

  static constexpr size_t saved_bytes = sizeof(int64_t);
  void save(char* to) const { store_value(to, count); }
  void merge(const char* from) { count += load_value<int64_t>(from); }
};

class Count final : public FixedAccumulators<CountCell> {
 public:
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    bool nulls = false;
    for (const auto& argument : arguments) nulls |= argument.may_have_nulls();
    auto* cells = cells_.data();
    if (!nulls) {
      for (size_t i = 0; i < assignment.count; ++i) ++cells[assignment.groups[i]].count;
      return;
    }
    assignment.for_each([&](int64_t row, uint32_t group) {
      bool complete = true;
      for (const auto& argument : arguments) complete = complete && !argument.is_null(row);
      if (complete) ++cells[group].count;
    });
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) to.append(cells_[group].count);
  }
};

}  // namespace

AggregateKind bind_count(const AggregateCall&) {
  return free_of_order(kind_of<Count>(TypeId::int64));
}

}  // namespace millrace::window
