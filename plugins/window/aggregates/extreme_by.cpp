// min_by(value, order), max_by(value, order): the value, maybe null, of the row with the least or
// greatest order; the later row where two are equal. Rows with a null order do not count. With a
// third argument the values of several rows: extreme_list.cpp.
#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/scalar.hpp"

namespace millrace::window {
namespace {

struct Ordered {
  Scalar value;
  Scalar order;
};

template <bool greatest>
class ExtremeBy final : public Accumulators {
 public:
  ExtremeBy(Type value, Type order) : value_(std::move(value)), order_(std::move(order)) {}

  void resize(size_t groups) override { cells_.resize(groups); }
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    Scalar order;
    assignment.for_each([&](int64_t row, uint32_t group) {
      if (arguments[1].is_null(row)) return;
      assign(order, arguments[1], row);
      auto& cell = cells_[group];
      if (!wins(order, cell)) return;
      cell.order = order;
      assign(cell.value, arguments[0], row);
    });
  }
  void measure(std::span<const uint32_t> groups, uint32_t* sizes) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto& cell = cells_[groups[i]];
      sizes[i] +=
          static_cast<uint32_t>(saved_bytes(value_, cell.value) + saved_bytes(order_, cell.order));
    }
  }
  void save(std::span<const uint32_t> groups, char** cursors) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto& cell = cells_[groups[i]];
      cursors[i] = window::save(order_, cell.order, window::save(value_, cell.value, cursors[i]));
    }
  }
  void merge(std::span<const uint32_t> groups, const char** cursors) override {
    Ordered other;
    for (size_t i = 0; i < groups.size(); ++i) {
      cursors[i] = load(order_, load(value_, cursors[i], other.value), other.order);
      auto& cell = cells_[groups[i]];
      if (other.order.present && wins(other.order, cell)) cell = other;
    }
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) append(cells_[group].value, to);
  }

 private:
  bool wins(const Scalar& order, const Ordered& cell) const {
    if (!cell.order.present) return true;
    return greatest ? !less(order_, order, cell.order) : !less(order_, cell.order, order);
  }

  Type value_;
  Type order_;
  std::vector<Ordered> cells_;
};

}  // namespace

AggregateKind bind_extreme_by(const AggregateCall& call) {
  check_argument_count(call, 2, 3);
  if (call.arguments.size() == 3) return bind_extreme_list(call);
  const Type value = call.arguments[0];
  const Type order = call.arguments[1];
  if (call.function == "max_by") return kind_of<ExtremeBy<true>>(value, value, order);
  return kind_of<ExtremeBy<false>>(value, value, order);
}

}  // namespace millrace::window
