// median(x), percentile(x, p), percentile_cont: between the two values next to the place.
// percentile_approx(x, p), percentile_disc: the least value that at least that share of the values
// does not exceed. With an array of shares, an array of results. All of them are exact, so they
// keep every value of a group. A third argument TRUE of percentile_cont and percentile_disc counts
// from the greatest value down (WITHIN GROUP (ORDER BY x DESC)).
#include <algorithm>
#include <cmath>

#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

enum class Between { interpolated, value };

/// What is said of the shares: whether they are an array, and whether they count down.
struct Shares {
  bool many = false;
  bool may_fall = false;
};

// Saved form: the share (of an array their 32-bit number and the shares), one byte where they may
// count down, a 32-bit count and the values.
template <class Value, Between between>
class Percentile final : public Accumulators {
 public:
  explicit Percentile(Shares shares) : shares_(shares) {}

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
      auto& cell = cells_[group];
      read_shares(arguments[1], row, cell.shares);
      cell.falling = shares_.may_fall && !arguments[2].is_null(row) && arguments[2].boolean(row);
    });
  }
  void measure(std::span<const uint32_t> groups, uint32_t* sizes) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto& cell = cells_[groups[i]];
      sizes[i] += static_cast<uint32_t>(
          (shares_.many ? sizeof(uint32_t) : 0) + cell.shares.size() * sizeof(double) +
          (shares_.may_fall ? 1 : 0) + sizeof(uint32_t) + cell.values.size() * sizeof(Value));
    }
  }
  void save(std::span<const uint32_t> groups, char** cursors) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto& cell = cells_[groups[i]];
      char*& at = cursors[i];
      if (shares_.many) at = put(at, static_cast<uint32_t>(cell.shares.size()));
      for (const double share : cell.shares) at = put(at, share);
      if (shares_.may_fall) *at++ = cell.falling ? 1 : 0;
      const auto count = static_cast<uint32_t>(cell.values.size());
      at = put(at, count);
      if (count != 0) std::memcpy(at, cell.values.data(), count * sizeof(Value));
      at += count * sizeof(Value);
    }
  }
  void merge(std::span<const uint32_t> groups, const char** cursors) override {
    std::vector<double> shares;
    for (size_t i = 0; i < groups.size(); ++i) {
      auto& cell = cells_[groups[i]];
      const char*& at = cursors[i];
      shares.resize(shares_.many ? take<uint32_t>(at) : 1);
      for (auto& share : shares) share = take<double>(at);
      const bool falling = shares_.may_fall && *at++ != 0;
      const auto count = take<uint32_t>(at);
      if (count != 0) {
        cell.shares = shares;
        cell.falling = falling;
      }
      const size_t before = cell.values.size();
      cell.values.resize(before + count);
      if (count != 0) std::memcpy(cell.values.data() + before, at, count * sizeof(Value));
      at += count * sizeof(Value);
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
      const auto& cell = cells_[group];
      std::sort(values.begin(), values.end(), [](Value a, Value b) { return less(a, b); });
      if (cell.falling) std::reverse(values.begin(), values.end());
      auto& builder = shares_.many ? to.child() : to;
      for (const double share : cell.shares) append_place(values, share, builder);
      if (shares_.many) to.end_nested();
    }
  }

 private:
  struct Cell {
    std::vector<Value> values;
    std::vector<double> shares{0.5};
    bool falling = false;
  };

  template <class Saved>
  static char* put(char* at, Saved value) {
    store_value(at, value);
    return at + sizeof value;
  }
  template <class Saved>
  static Saved take(const char*& at) {
    const auto value = load_value<Saved>(at);
    at += sizeof value;
    return value;
  }

  void read_shares(const Column& column, int64_t row, std::vector<double>& shares) const {
    const bool null = column.is_null(row);
    if (!shares_.many) {
      shares[0] = null ? -1 : real_at(column, row);
    } else {
      shares.clear();
      const auto& items = column.children[0];
      for (int32_t i = null ? 0 : column.offsets[row]; i < (null ? 0 : column.offsets[row + 1]);
           ++i)
        shares.push_back(items.is_null(i) ? -1 : real_at(items, i));
    }
    for (const double share : shares)
      if (!(share >= 0 && share <= 1))
        throw Error::data("the share of a percentile must be between 0 and 1, such as 0.95");
  }

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

  Shares shares_;
  std::vector<Cell> cells_;
};

template <Between between>
AggregateKind kind_for(const Type& type, const Type& result, Shares shares) {
  const Type whole = shares.many ? list_of(result) : result;
  if (type.is_floating()) return kind_of<Percentile<double, between>>(whole, shares);
  if (type.is_decimal()) {
    // Between two values lies a double.
    using Value = std::conditional_t<between == Between::interpolated, double, Int128>;
    return kind_of<Percentile<Value, between>>(whole, shares);
  }
  return kind_of<Percentile<int64_t, between>>(whole, shares);
}

}  // namespace

AggregateKind bind_percentile(const AggregateCall& call) {
  const auto& name = call.function;
  const bool ordered = name == "percentile_cont" || name == "percentile_disc";
  const bool interpolated = name == "median" || name == "percentile" || name == "percentile_cont";
  if (name == "median")
    check_argument_count(call, 1, 1);
  else
    check_argument_count(call, 2, name == "percentile" ? 2 : 3);
  const auto& arguments = call.arguments;
  const Shares shares{arguments.size() > 1 && arguments[1].id == TypeId::list,
                      ordered && arguments.size() > 2};
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Type& type = i == 1 && shares.many ? arguments[1].children[0].type : arguments[i];
    if (!type.is_numeric() && !(i == 2 && ordered))
      throw Error::user(name + " takes numbers; this is " + with_article(arguments[i]));
  }
  if (interpolated) return kind_for<Between::interpolated>(arguments[0], TypeId::float64, shares);
  return kind_for<Between::value>(arguments[0], arguments[0], shares);
}

}  // namespace millrace::window
