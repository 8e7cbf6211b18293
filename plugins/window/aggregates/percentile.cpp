// median(x), percentile(x, p): between the two values next to the place. percentile_approx(x, p):
// the least value that at least that share of the values does not exceed. All of them are exact, so
// they keep every value of a group.
#include <algorithm>
#include <cmath>

#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

enum class Between { interpolated, value };

// Saved form: the share, a 32-bit count and the values.
template <class Value, Between between>
class Percentile final : public Accumulators {
 public:
  void resize(size_t groups) override { cells_.resize(groups); }
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    const auto add_one = [&](uint32_t group, Value value) {
      cells_[group].values.push_back(value);
    };
    if constexpr (std::is_floating_point_v<Value>)
      for_each_real(arguments[0], assignment, add_one);
    else if constexpr (std::is_same_v<Value, Int128>)
      for_each_decimal(arguments[0], assignment, add_one);
    else
      for_each_integer(arguments[0], assignment, add_one);
    if (arguments.size() < 2) return;
    assignment.for_each([&](int64_t row, uint32_t group) {
      const double share = arguments[1].is_null(row) ? -1 : real_at(arguments[1], row);
      if (!(share >= 0 && share <= 1))
        throw Error::data("the share of a percentile must be between 0 and 1, such as 0.95");
      cells_[group].share = share;
    });
  }
  void measure(std::span<const uint32_t> groups, uint32_t* sizes) const override {
    for (size_t i = 0; i < groups.size(); ++i)
      sizes[i] += static_cast<uint32_t>(sizeof(double) + sizeof(uint32_t) +
                                        cells_[groups[i]].values.size() * sizeof(Value));
  }
  void save(std::span<const uint32_t> groups, char** cursors) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto& cell = cells_[groups[i]];
      const auto count = static_cast<uint32_t>(cell.values.size());
      store_value(cursors[i], cell.share);
      store_value(cursors[i] + sizeof(double), count);
      cursors[i] += sizeof(double) + sizeof count;
      if (count != 0) std::memcpy(cursors[i], cell.values.data(), count * sizeof(Value));
      cursors[i] += count * sizeof(Value);
    }
  }
  void merge(std::span<const uint32_t> groups, const char** cursors) override {
    for (size_t i = 0; i < groups.size(); ++i) {
      auto& cell = cells_[groups[i]];
      const auto count = load_value<uint32_t>(cursors[i] + sizeof(double));
      if (count != 0) cell.share = load_value<double>(cursors[i]);
      cursors[i] += sizeof(double) + sizeof count;
      const size_t before = cell.values.size();
      cell.values.resize(before + count);
      if (count != 0) std::memcpy(cell.values.data() + before, cursors[i], count * sizeof(Value));
      cursors[i] += count * sizeof(Value);
    }
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    std::vector<Value> values;
    for (const auto group : groups) {
      values = cells_[group].values;
      if (values.empty()) {
        to.append_null();
        continue;
      }
      std::sort(values.begin(), values.end(), [](Value a, Value b) { return less(a, b); });
      append_place(values, cells_[group].share, to);
    }
  }

 private:
  struct Cell {
    std::vector<Value> values;
    double share = 0.5;
  };

  static void append_place(const std::vector<Value>& values, double share, ColumnBuilder& to) {
    const auto count = static_cast<double>(values.size());
    if constexpr (between == Between::interpolated) {
      const double place = (count - 1) * share;
      const double lower = std::floor(place);
      const auto at = static_cast<size_t>(lower);
      const auto first = static_cast<double>(values[at]);
      if (place == lower) return to.append(first);
      const auto second = static_cast<double>(values[at + 1]);
      to.append((lower + 1 - place) * first + (place - lower) * second);
    } else {
      const auto rank = std::max<size_t>(1, static_cast<size_t>(std::ceil(share * count)));
      if constexpr (std::is_floating_point_v<Value>)
        append_real(values[rank - 1], to);
      else
        append_integer(values[rank - 1], to);
    }
  }

  std::vector<Cell> cells_;
};

template <Between between>
AggregateKind kind_for(const Type& type, const Type& result) {
  if (type.is_floating()) return kind_of<Percentile<double, between>>(result);
  if (type.is_decimal()) {
    // Between two values lies a double.
    using Value = std::conditional_t<between == Between::interpolated, double, Int128>;
    return kind_of<Percentile<Value, between>>(result);
  }
  return kind_of<Percentile<int64_t, between>>(result);
}

}  // namespace

AggregateKind bind_percentile(const AggregateCall& call) {
  const bool median = call.function == "median";
  const bool interpolated = median || call.function == "percentile";
  check_argument_count(call, median ? 1 : 2, median ? 1 : (interpolated ? 2 : 3));
  for (const auto& type : call.arguments)
    if (!type.is_numeric())
      throw Error::user(call.function + " takes numbers; this is a " + to_string(type));
  const Type type = call.arguments[0];
  if (interpolated) return kind_for<Between::interpolated>(type, TypeId::float64);
  return kind_for<Between::value>(type, type);
}

}  // namespace millrace::window
