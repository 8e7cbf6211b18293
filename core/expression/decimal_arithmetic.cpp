#include "core/expression/decimal_arithmetic.hpp"

#include <algorithm>

#include "millrace/decimal.hpp"

#include "core/expression/decimal_types.hpp"

// The steps compute every row, null or not, so that they are defined for every value; they return
// true where the result does not exist. Where the digits of the types say that 128 bits are enough,
// they check nothing.
namespace millrace {

namespace {

using detail::WideInteger;

constexpr UInt128 unit(int exponent) { return static_cast<UInt128>(power_of_ten(exponent)); }

struct WideDecimal {
  WideInteger magnitude{0};
  bool negative = false;
};

/// Rounds away `digits` digits; true where more than `precision` are left.
bool narrow(WideDecimal& value, int digits, int precision, Int128& out) {
  if (digits > decimal_digits_max) {  // What lies behind the first digit that goes does not matter.
    value.magnitude = value.magnitude.divide(WideInteger(unit(digits - decimal_digits_max)));
    digits = decimal_digits_max;
  }
  const auto rounded =
      digits == 0 ? value.magnitude.narrow() : value.magnitude.rounded_by(unit(digits));
  if (!rounded || *rounded >= unit(precision)) return true;
  out = value.negative ? -static_cast<Int128>(*rounded) : static_cast<Int128>(*rounded);
  return false;
}

WideDecimal scaled(Int128 value, int digits) {
  WideDecimal wide{WideInteger(magnitude(value)), value < 0};
  wide.magnitude.multiply(unit(digits));
  return wide;
}

WideDecimal sum(const WideDecimal& a, const WideDecimal& b) {
  WideDecimal result = a;
  if (a.negative == b.negative) {
    result.magnitude.add(b.magnitude);
  } else if (a.magnitude.less_than(b.magnitude)) {
    result = b;
    result.magnitude.subtract(a.magnitude);
  } else {
    result.magnitude.subtract(b.magnitude);
  }
  return result;
}

/// What the steps know of the types.
struct Digits {
  Digits(const Type& left, const Type& right, const Type& to)
      : common(std::max(left.scale, right.scale)),
        left_shift(common - left.scale),
        right_shift(common - right.scale),
        dropped(common - to.scale),
        precision(to.precision),
        small(left.precision + left_shift <= decimal_digits_max &&
              right.precision + right_shift <= decimal_digits_max),
        left_unit(unit(left_shift)),
        right_unit(unit(right_shift)) {}

  int common;  ///< digits behind the point when both are brought to one scale
  int left_shift;
  int right_shift;
  int dropped;  ///< of those, how many the result does not have
  int precision;
  bool small;  ///< 128 bits hold both at that scale
  UInt128 left_unit;
  UInt128 right_unit;

  Int128 left_scaled(Int128 a) const {
    return static_cast<Int128>(static_cast<UInt128>(a) * left_unit);
  }
  Int128 right_scaled(Int128 b) const {
    return static_cast<Int128>(static_cast<UInt128>(b) * right_unit);
  }
};

template <bool minus>
struct AddExact {
  static constexpr const char* sign = minus ? " - " : " + ";
  Digits digits;
  bool operator()(Int128 a, Int128 b, Int128& out) const {
    const auto left = static_cast<UInt128>(digits.left_scaled(a));
    const auto right = static_cast<UInt128>(digits.right_scaled(b));
    out = static_cast<Int128>(minus ? left - right : left + right);
    return false;
  }
};

template <bool minus>
struct AddWide {
  static constexpr const char* sign = minus ? " - " : " + ";
  Digits digits;
  bool operator()(Int128 a, Int128 b, Int128& out) const {
    auto right = scaled(b, digits.right_shift);
    if (minus) right.negative = !right.negative;
    auto result = sum(scaled(a, digits.left_shift), right);
    return narrow(result, digits.dropped, digits.precision, out);
  }
};

struct MultiplyExact {
  static constexpr const char* sign = " * ";
  bool operator()(Int128 a, Int128 b, Int128& out) const {
    out = static_cast<Int128>(static_cast<UInt128>(a) * static_cast<UInt128>(b));
    return false;
  }
};

struct MultiplyWide {
  static constexpr const char* sign = " * ";
  int dropped;
  int precision;
  bool operator()(Int128 a, Int128 b, Int128& out) const {
    WideDecimal product{WideInteger(magnitude(a)), (a < 0) != (b < 0)};
    return !product.magnitude.multiply(magnitude(b)) || narrow(product, dropped, precision, out);
  }
};

struct DivideDecimals {
  static constexpr const char* sign = " / ";
  int shift;
  int precision;
  bool operator()(Int128 a, Int128 b, Int128& out) const {
    const auto quotient = b == 0 ? std::nullopt : shifted_quotient(a, shift, b, precision);
    out = quotient.value_or(0);
    return !quotient.has_value();
  }
};

struct DivideWhole {
  static constexpr const char* sign = " div ";
  Digits digits;
  bool operator()(Int128 a, Int128 b, int64_t& out) const {
    out = 0;
    if (b == 0) return true;
    if (digits.small) {
      const Int128 dividend = digits.left_scaled(a);
      const Int128 divisor = digits.right_scaled(b);
      if (divisor == 0) return true;  // In a null row only.
      const UInt128 quotient = magnitude(dividend) / magnitude(divisor);
      const auto low = static_cast<uint64_t>(quotient);  // Wraps around, as in Spark.
      out = static_cast<int64_t>((dividend < 0) != (divisor < 0) ? 0 - low : low);
      return quotient >= unit(digits.precision);
    }
    auto left = scaled(a, digits.left_shift);
    const auto right = scaled(b, digits.right_shift);
    WideDecimal quotient{left.magnitude.divide(right.magnitude), left.negative != right.negative};
    Int128 whole = 0;
    if (narrow(quotient, 0, digits.precision, whole)) return true;
    out = static_cast<int64_t>(whole);
    return false;
  }
};

template <bool positive>
struct RemainderDecimals {
  static constexpr const char* sign = positive ? " pmod " : " % ";
  Digits digits;
  bool operator()(Int128 a, Int128 b, Int128& out) const {
    out = 0;
    if (b == 0) return true;
    if (digits.small) {
      const Int128 dividend = digits.left_scaled(a);
      const Int128 divisor = digits.right_scaled(b);
      if (divisor == 0) return true;  // In a null row only.
      const auto rest = static_cast<Int128>(magnitude(dividend) % magnitude(divisor));
      out = dividend < 0 ? -rest : rest;
      if (positive && out < 0 && divisor > 0) out += divisor;
      return !fits_digits(out, digits.precision);
    }
    auto left = scaled(a, digits.left_shift);
    const auto right = scaled(b, digits.right_shift);
    left.magnitude.divide(right.magnitude);  // Leaves the remainder.
    if (positive && left.negative && !left.magnitude.is_zero()) {
      left = sum(left, right);
      left.magnitude.divide(right.magnitude);
    }
    return narrow(left, digits.dropped, digits.precision, out);
  }
};

template <class Step, class Result>
class DecimalNode final : public Node {
 public:
  DecimalNode(Type result, Type computed, NodePtr left, NodePtr right, Step step,
              OnFailure on_failure)
      : Node(std::move(result), {std::move(left), std::move(right)}),
        step_(step),
        computed_(std::move(computed)),
        on_failure_(on_failure) {
    if (on_failure == OnFailure::raise) set_may_fail();
  }

 protected:
  Vector compute(const Frame& frame) const override {
    const auto values = evaluate_arguments(frame);
    Bitmap validity = common_validity({&values[0], &values[1]}, frame.rows);
    const auto* left = values[0].column.template data<Int128>();
    const auto* right = values[1].column.template data<Int128>();
    const int64_t left_mask = values[0].mask();
    const int64_t right_mask = values[1].mask();
    Buffer<Result> results;
    results.resize(static_cast<size_t>(frame.rows));
    Result* to = results.data();
    bool failed = false;
    for (int64_t i = 0; i < frame.rows; ++i)
      failed |= step_(left[i & left_mask], right[i & right_mask], to[i]);
    if (failed) handle(frame, values, validity);
    return {make_column(type(), std::move(results), std::move(validity)), false};
  }

 private:
  void handle(const Frame& frame, const std::vector<Vector>& values, Bitmap& validity) const {
    if (validity.empty()) validity = filled_bitmap(frame.rows, true);
    for (int64_t i = 0; i < frame.rows; ++i) {
      if (!bit_at(validity.data(), i) || !frame.is_active(i)) continue;
      const Int128 a = values[0].column.decimal(i & values[0].mask());
      const Int128 b = values[1].column.decimal(i & values[1].mask());
      Result out;
      if (!step_(a, b, out)) continue;
      if (on_failure_ == OnFailure::null)
        clear_bit(validity.data(), i);
      else
        fail(i, problem(a, b));
    }
  }

  std::string problem(Int128 a, Int128 b) const {
    const auto operation = decimal_text(a, arguments()[0]->type().scale) + Step::sign +
                           decimal_text(b, arguments()[1]->type().scale);
    if (b == 0 && is_division)
      return operation + ": division by zero; nullif(divisor, 0) makes the result null instead";
    return operation + " does not fit in " + to_string(computed_) +
           "; cast to fewer digits or to double, or set ansi = false to make it null";
  }

  static constexpr bool is_division = std::is_same_v<Step, DivideDecimals> ||
                                      std::is_same_v<Step, DivideWhole> ||
                                      std::is_same_v<Step, RemainderDecimals<true>> ||
                                      std::is_same_v<Step, RemainderDecimals<false>>;

  Step step_;
  Type computed_;
  OnFailure on_failure_;
};

/// The operands and what happens where the result does not exist.
struct Operands {
  const NodePtr& left;
  const NodePtr& right;
  OnFailure on_failure;

  const Type& left_type() const { return left->type(); }
  const Type& right_type() const { return right->type(); }
  template <class Step>
  NodePtr node(const Type& result, Step step) const {
    return std::make_shared<DecimalNode<Step, Int128>>(result, result, left, right, step,
                                                       on_failure);
  }
};

template <bool minus>
NodePtr add(const Operands& of) {
  const Type result = decimal_sum(of.left_type(), of.right_type());
  const Digits digits(of.left_type(), of.right_type(), result);
  if (digits_of_sum(of.left_type(), of.right_type()) <= decimal_digits_max)
    return of.node(result, AddExact<minus>{digits});
  return of.node(result, AddWide<minus>{digits});
}

NodePtr multiply(const Operands& of) {
  const Type result = decimal_product(of.left_type(), of.right_type());
  if (digits_of_product(of.left_type(), of.right_type()) <= decimal_digits_max)
    return of.node(result, MultiplyExact{});
  const int scale = of.left_type().scale + of.right_type().scale;
  return of.node(result, MultiplyWide{scale - result.scale, result.precision});
}

NodePtr divide(const Operands& of) {
  const Type result = decimal_quotient(of.left_type(), of.right_type());
  const int shift = result.scale - of.left_type().scale + of.right_type().scale;
  return of.node(result, DivideDecimals{shift, result.precision});
}

NodePtr divide_whole(const Operands& of) {
  const Type computed = decimal_whole_quotient(of.left_type(), of.right_type());
  const DivideWhole step{Digits(of.left_type(), of.right_type(), computed)};
  return std::make_shared<DecimalNode<DivideWhole, int64_t>>(TypeId::int64, computed, of.left,
                                                             of.right, step, of.on_failure);
}

template <bool positive>
NodePtr remainder(const Operands& of) {
  const Type result = decimal_remainder(of.left_type(), of.right_type());
  return of.node(result,
                 RemainderDecimals<positive>{Digits(of.left_type(), of.right_type(), result)});
}

}  // namespace

NodePtr make_decimal_arithmetic(DecimalOperation operation, const NodePtr& left,
                                const NodePtr& right, OnFailure on_failure) {
  const Operands operands{left, right, on_failure};
  switch (operation) {
    case DecimalOperation::add:
      return add<false>(operands);
    case DecimalOperation::subtract:
      return add<true>(operands);
    case DecimalOperation::multiply:
      return multiply(operands);
    case DecimalOperation::divide:
      return divide(operands);
    case DecimalOperation::divide_whole:
      return divide_whole(operands);
    case DecimalOperation::remainder:
      return remainder<false>(operands);
    case DecimalOperation::positive:
      return remainder<true>(operands);
  }
  return nullptr;
}

}  // namespace millrace
