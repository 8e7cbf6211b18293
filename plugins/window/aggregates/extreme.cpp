// min, max: nulls do not count; strings go by their bytes, NaN is the largest number, lists and
// structures go by their first part that differs.
#include <string>

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/scalar.hpp"

namespace millrace::window {
namespace {

template <class Value, bool greatest>
struct ExtremeCell {
  Value value{};
  bool any = false;

  void add(Value other) {
    if (any && !(greatest ? less(value, other) : less(other, value))) return;
    value = other;
    any = true;
  }

  static constexpr size_t saved_bytes = sizeof(Value) + 1;
  void save(char* to) const {
    store_value(to, value);
    to[sizeof value] = any ? 1 : 0;
  }
  void merge(const char* from) {
    if (from[sizeof value] != 0) add(load_value<Value>(from));
  }
};

template <class Value, bool greatest>
class NumberExtreme final : public FixedAccumulators<ExtremeCell<Value, greatest>> {
 public:
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    auto* cells = this->cells_.data();
    const auto add_one = [=](uint32_t group, Value value) { cells[group].add(value); };
    if constexpr (std::is_floating_point_v<Value>)
      for_each_real(arguments[0], assignment, add_one);
    else if constexpr (std::is_same_v<Value, Int128>)
      for_each_decimal(arguments[0], assignment, add_one);
    else
      for_each_integer(arguments[0], assignment, add_one);
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) {
      const auto& cell = this->cells_[group];
      if (!cell.any)
        to.append_null();
      else if constexpr (std::is_floating_point_v<Value>)
        append_real(cell.value, to);
      else
        append_integer(cell.value, to);
    }
  }
};

template <bool greatest>
class TextExtreme final : public Accumulators {
 public:
  void resize(size_t groups) override { cells_.resize(groups); }
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    const auto& column = arguments[0];
    for_each_present(
        column, assignment, [&](int64_t row) { return column.text(row); },
        [&](uint32_t group, std::string_view text) { offer(cells_[group], text); });
  }
  void measure(std::span<const uint32_t> groups, uint32_t* sizes) const override {
    for (size_t i = 0; i < groups.size(); ++i)
      sizes[i] += static_cast<uint32_t>(saved_bytes(TypeId::binary, cells_[groups[i]]));
  }
  void save(std::span<const uint32_t> groups, char** cursors) const override {
    for (size_t i = 0; i < groups.size(); ++i)
      cursors[i] = window::save(TypeId::binary, cells_[groups[i]], cursors[i]);
  }
  void merge(std::span<const uint32_t> groups, const char** cursors) override {
    Scalar other;
    for (size_t i = 0; i < groups.size(); ++i) {
      cursors[i] = load(TypeId::binary, cursors[i], other);
      if (other.present) offer(cells_[groups[i]], other.text);
    }
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) append(cells_[group], to);
  }

 private:
  static void offer(Scalar& cell, std::string_view text) {
    if (cell.present && !(greatest ? text > cell.text : text < cell.text)) return;
    cell.present = true;
    cell.text.assign(text);
  }

  std::vector<Scalar> cells_;
};

// Of lists and structures.
template <bool greatest>
class NestedExtreme final : public Accumulators {
 public:
  explicit NestedExtreme(Type type) : type_(std::move(type)) {}

  void resize(size_t groups) override { cells_.resize(groups); }
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    Scalar value;
    assignment.for_each([&](int64_t row, uint32_t group) {
      assign(value, arguments[0], row);
      offer(cells_[group], value);
    });
  }
  void measure(std::span<const uint32_t> groups, uint32_t* sizes) const override {
    for (size_t i = 0; i < groups.size(); ++i)
      sizes[i] += static_cast<uint32_t>(saved_bytes(type_, cells_[groups[i]]));
  }
  void save(std::span<const uint32_t> groups, char** cursors) const override {
    for (size_t i = 0; i < groups.size(); ++i)
      cursors[i] = window::save(type_, cells_[groups[i]], cursors[i]);
  }
  void merge(std::span<const uint32_t> groups, const char** cursors) override {
    Scalar other;
    for (size_t i = 0; i < groups.size(); ++i) {
      cursors[i] = load(type_, cursors[i], other);
      offer(cells_[groups[i]], other);
    }
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) append(cells_[group], to);
  }

 private:
  void offer(Scalar& cell, const Scalar& value) const {
    if (!value.present) return;
    if (cell.present && !(greatest ? less(type_, cell, value) : less(type_, value, cell))) return;
    cell = value;
  }

  Type type_;
  std::vector<Scalar> cells_;
};

template <bool greatest>
AggregateKind extreme_of(const Type& type) {
  if (type.is_nested()) return kind_of<NestedExtreme<greatest>>(type, type);
  if (type.is_bytes()) return free_of_order(kind_of<TextExtreme<greatest>>(type));
  // 0.0 and -0.0 are equal, and either may come first.
  if (type.is_floating()) return kind_of<NumberExtreme<double, greatest>>(type);
  if (type.is_decimal()) return free_of_order(kind_of<NumberExtreme<Int128, greatest>>(type));
  return free_of_order(kind_of<NumberExtreme<int64_t, greatest>>(type));
}

}  // namespace

AggregateKind bind_extreme(const AggregateCall& call) {
  check_argument_count(call, 1, 1);
  const Type& type = call.arguments[0];
  return call.function == "max" ? extreme_of<true>(type) : extreme_of<false>(type);
}

}  // namespace millrace::window
