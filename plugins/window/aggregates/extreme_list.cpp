// min_by(value, order, n), max_by(value, order, n): an array of the values, maybe null, of the n
// rows with the least or greatest orders, those first; of equal ones the later row first. Rows with
// a null order do not count, and fewer rows make a shorter array.
#include <algorithm>

#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/scalar.hpp"

namespace millrace::window {
namespace {

constexpr int64_t rows_max = 100'000;  // Spark's limit, too.

struct Ordered {
  Scalar value;
  Scalar order;
};

// Saved form: n and the number of rows, 32 bits each, then value and order of each row, best first.
template <bool greatest>
class ExtremeList final : public Accumulators {
 public:
  ExtremeList(Type value, Type order) : value_(std::move(value)), order_(std::move(order)) {}

  void resize(size_t groups) override { cells_.resize(groups); }
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    Ordered row_of_group;
    assignment.for_each([&](int64_t row, uint32_t group) {
      auto& cell = cells_[group];
      cell.wanted = rows_wanted(arguments[2], row);
      if (arguments[1].is_null(row)) return;
      assign(row_of_group.order, arguments[1], row);
      if (!has_place(cell, row_of_group.order)) return;
      assign(row_of_group.value, arguments[0], row);
      insert(cell, row_of_group);
    });
  }
  void measure(std::span<const uint32_t> groups, uint32_t* sizes) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      size_t bytes = 2 * sizeof(uint32_t);
      for (const auto& best : cells_[groups[i]].best)
        bytes += saved_bytes(value_, best.value) + saved_bytes(order_, best.order);
      sizes[i] += static_cast<uint32_t>(bytes);
    }
  }
  void save(std::span<const uint32_t> groups, char** cursors) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto& cell = cells_[groups[i]];
      char*& at = cursors[i];
      store_value(at, cell.wanted);
      store_value(at + sizeof cell.wanted, static_cast<uint32_t>(cell.best.size()));
      at += 2 * sizeof(uint32_t);
      for (const auto& best : cell.best)
        at = window::save(order_, best.order, window::save(value_, best.value, at));
    }
  }
  void merge(std::span<const uint32_t> groups, const char** cursors) override {
    std::vector<Ordered> others;
    for (size_t i = 0; i < groups.size(); ++i) {
      auto& cell = cells_[groups[i]];
      const char*& at = cursors[i];
      cell.wanted = std::max(cell.wanted, load_value<uint32_t>(at));
      others.resize(load_value<uint32_t>(at + sizeof cell.wanted));
      at += 2 * sizeof(uint32_t);
      for (auto& other : others) at = load(order_, load(value_, at, other.value), other.order);
      // The later of equal ones goes in front, so the last of them has to be put in last.
      for (auto other = others.rbegin(); other != others.rend(); ++other)
        if (has_place(cell, other->order)) insert(cell, *other);
    }
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) {
      for (const auto& best : cells_[group].best) append(best.value, to.child());
      to.end_nested();
    }
  }

 private:
  struct Cell {
    uint32_t wanted = 0;
    std::vector<Ordered> best;
  };

  static uint32_t rows_wanted(const Column& column, int64_t row) {
    const int64_t wanted = column.is_null(row)               ? 0
                           : column.type.id == TypeId::int32 ? column.int32(row)
                                                             : column.int64(row);
    if (wanted < 1 || wanted > rows_max)
      throw Error::data(
          "the third argument of min_by and max_by says how many values; it must be "
          "between 1 and " +
          std::to_string(rows_max));
    return static_cast<uint32_t>(wanted);
  }

  bool goes_before(const Scalar& order, const Ordered& other) const {
    return greatest ? !less(order_, order, other.order) : !less(order_, other.order, order);
  }
  bool has_place(const Cell& cell, const Scalar& order) const {
    return cell.best.size() < cell.wanted || goes_before(order, cell.best.back());
  }
  void insert(Cell& cell, const Ordered& row) const {
    const auto place =
        std::partition_point(cell.best.begin(), cell.best.end(),
                             [&](const Ordered& other) { return !goes_before(row.order, other); });
    cell.best.insert(place, row);
    if (cell.best.size() > cell.wanted) cell.best.pop_back();
  }

  Type value_;
  Type order_;
  std::vector<Cell> cells_;
};

}  // namespace

AggregateKind bind_extreme_list(const AggregateCall& call) {
  const Type value = call.arguments[0];
  const Type order = call.arguments[1];
  if (!call.arguments[2].is_integer())
    throw Error::user(call.function +
                      " takes as its third argument how many values, an int; this is " +
                      with_article(call.arguments[2]));
  if (call.function == "max_by") return kind_of<ExtremeList<true>>(list_of(value), value, order);
  return kind_of<ExtremeList<false>>(list_of(value), value, order);
}

}  // namespace millrace::window
