// sum and avg of decimals, exact: both keep a 128-bit sum and a count. The sum has ten digits more
// than the values, the average four more behind the point, up to 38 in all. What does not fit is an
// error (ANSI) or null.
#include <algorithm>

#include "millrace/decimal.hpp"
#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

struct DecimalSumCell {
  Int128 sum = 0;
  int64_t count = 0;  // Negative once the sum did not fit 128 bits: that is not undone.

  void add(Int128 value, int64_t values) {
    if (__builtin_add_overflow(sum, value, &sum) || values < 0 || count < 0)
      count = -1;
    else
      count += values;
  }

  static constexpr size_t saved_bytes = sizeof(Int128) + sizeof(int64_t);
  void save(char* to) const {
    store_value(to, sum);
    store_value(to + sizeof sum, count);
  }
  void merge(const char* from) {
    add(load_value<Int128>(from), load_value<int64_t>(from + sizeof sum));
  }
};

enum class Wanted { sum, average };

template <Wanted wanted>
class DecimalSum final : public FixedAccumulators<DecimalSumCell> {
 public:
  DecimalSum(Type sum, Type result, bool ansi)
      : sum_(std::move(sum)), result_(std::move(result)), ansi_(ansi) {}

  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    auto* cells = cells_.data();
    for_each_decimal(arguments[0], assignment,
                     [=](uint32_t group, Int128 value) { cells[group].add(value, 1); });
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) {
      const auto& cell = cells_[group];
      if (cell.count == 0) {
        to.append_null();
        continue;
      }
      const auto value = value_of(cell);
      if (value)
        to.append(*value);
      else
        append_overflow(to);
    }
  }

 private:
  std::optional<Int128> value_of(const DecimalSumCell& cell) const {
    if (cell.count < 0 || !fits_digits(cell.sum, sum_.precision)) return std::nullopt;
    if constexpr (wanted == Wanted::sum)
      return cell.sum;
    else
      return shifted_quotient(cell.sum, result_.scale - sum_.scale, cell.count, result_.precision);
  }
  void append_overflow(ColumnBuilder& to) const {
    if (ansi_)
      throw Error::data(std::string("the ") + (wanted == Wanted::sum ? "sum" : "average") +
                        " does not fit " + to_string(result_) +
                        "; cast the values to fewer digits or to double, or set ansi = false to "
                        "make it null");
    to.append_null();
  }

  Type sum_;
  Type result_;
  bool ansi_;
};

/// Whether a result that does not fit is an error: try_sum and try_avg give null.
bool is_strict(const AggregateCall& call) {
  return call.ansi && !call.function.starts_with("try_");
}

Type sum_type(const Type& type) {
  constexpr int more_digits = 10;
  return decimal_of(std::min(type.precision + more_digits, decimal_digits_max), type.scale);
}

Type average_type(const Type& type) {
  constexpr int more_digits = 4;
  return decimal_of(std::min(type.precision + more_digits, decimal_digits_max),
                    std::min(type.scale + more_digits, decimal_digits_max));
}

}  // namespace

AggregateKind bind_decimal_sum(const AggregateCall& call) {
  const Type type = sum_type(call.arguments[0]);
  return kind_of<DecimalSum<Wanted::sum>>(type, type, type, is_strict(call));
}

AggregateKind bind_decimal_average(const AggregateCall& call) {
  const Type result = average_type(call.arguments[0]);
  return kind_of<DecimalSum<Wanted::average>>(result, sum_type(call.arguments[0]), result,
                                              is_strict(call));
}

}  // namespace millrace::window
