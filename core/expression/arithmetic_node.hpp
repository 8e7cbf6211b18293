#pragma once
#include <cmath>
#include <limits>
#include <string>

#include "core/expression/node.hpp"
#include "core/expression/value_text.hpp"

// Arithmetic of two columns of one number type. The loop computes every row, null or not, and only
// notes whether any step failed; which row it was, and whether that row counts, is found out
// afterwards.
namespace millrace {

/// What a failed step (overflow, division by zero) means.
enum class OnFailure { raise, null };

/// The steps: `apply` returns true where it failed.
struct Add {
  static constexpr const char* sign = " + ";
  template <class V>
  static bool apply(V a, V b, V& out) {
    if constexpr (std::is_floating_point_v<V>)
      return out = a + b, false;
    else
      return __builtin_add_overflow(a, b, &out);
  }
};
struct Subtract {
  static constexpr const char* sign = " - ";
  template <class V>
  static bool apply(V a, V b, V& out) {
    if constexpr (std::is_floating_point_v<V>)
      return out = a - b, false;
    else
      return __builtin_sub_overflow(a, b, &out);
  }
};
struct Multiply {
  static constexpr const char* sign = " * ";
  template <class V>
  static bool apply(V a, V b, V& out) {
    if constexpr (std::is_floating_point_v<V>)
      return out = a * b, false;
    else
      return __builtin_mul_overflow(a, b, &out);
  }
};
/// Adds, subtracts or multiplies as Spark does without ANSI: whole numbers wrap around.
template <class Step>
struct Wrapping : Step {
  template <class V>
  static bool apply(V a, V b, V& out) {
    Step::apply(a, b, out);
    return false;
  }
};
struct Divide {
  static constexpr const char* sign = " / ";
  template <class V>
  static bool apply(V a, V b, V& out) {
    if constexpr (std::is_floating_point_v<V>) {
      out = a / b;
      return b == 0;
    } else {
      const bool overflow = b == -1 && a == std::numeric_limits<V>::min();
      out = b == 0 || overflow ? a : static_cast<V>(a / b);
      return b == 0 || overflow;
    }
  }
};
struct WrappingDivide : Divide {
  template <class V>
  static bool apply(V a, V b, V& out) {
    Divide::apply(a, b, out);
    return b == 0;
  }
};
struct Remainder {
  static constexpr const char* sign = " % ";
  template <class V>
  static bool apply(V a, V b, V& out) {
    if constexpr (std::is_floating_point_v<V>)
      out = std::fmod(a, b);
    else
      out = b == 0 || b == -1 ? V{0} : static_cast<V>(a % b);
    return b == 0;
  }
};
struct PositiveRemainder {
  static constexpr const char* sign = " pmod ";
  template <class V>
  static bool apply(V a, V b, V& out) {
    const bool failed = Remainder::apply(a, b, out);
    if constexpr (std::is_floating_point_v<V>) {
      if (out < 0) out = std::fmod(out + b, b);
    } else if (out < 0) {
      // (r + b) % b without overflow: r and b have opposite signs, or b < r < 0 already.
      if (b > 0) out = static_cast<V>(out + b);
    }
    return failed;
  }
};

template <class Step, class Value>
class ArithmeticNode final : public Node {
 public:
  ArithmeticNode(Type result, NodePtr left, NodePtr right, OnFailure on_failure)
      : Node(std::move(result), {std::move(left), std::move(right)}), on_failure_(on_failure) {
    if (on_failure == OnFailure::raise) set_may_fail();
  }

 protected:
  Vector compute(const Frame& frame) const override {
    const auto values = evaluate_arguments(frame);
    Bitmap validity = common_validity({&values[0], &values[1]}, frame.rows);
    const auto* left = values[0].column.template data<Value>();
    const auto* right = values[1].column.template data<Value>();
    Buffer<Value> results;
    results.resize(static_cast<size_t>(frame.rows));
    bool failed = false;
    if (values[1].constant && !values[0].constant)
      failed = loop(frame.rows, results.data(), [=, b = *right](int64_t i, Value& out) {
        return Step::apply(left[i], b, out);
      });
    else if (values[0].constant && !values[1].constant)
      failed = loop(frame.rows, results.data(), [=, a = *left](int64_t i, Value& out) {
        return Step::apply(a, right[i], out);
      });
    else
      failed = loop(frame.rows, results.data(),
                    [=](int64_t i, Value& out) { return Step::apply(left[i], right[i], out); });
    if (failed) handle(frame, values, validity);
    return {make_column(type(), std::move(results), std::move(validity)), false};
  }

 private:
  template <class Compute>
  static bool loop(int64_t rows, Value* results, Compute compute_row) {
    bool failed = false;
    for (int64_t i = 0; i < rows; ++i) failed |= compute_row(i, results[i]);
    return failed;
  }

  void handle(const Frame& frame, const std::vector<Vector>& values, Bitmap& validity) const {
    if (validity.empty()) validity = filled_bitmap(frame.rows, true);
    for (int64_t i = 0; i < frame.rows; ++i) {
      if (!bit_at(validity.data(), i) || !frame.is_active(i)) continue;
      const Value a = values[0].column.template data<Value>()[i & values[0].mask()];
      const Value b = values[1].column.template data<Value>()[i & values[1].mask()];
      Value out;
      if (!Step::apply(a, b, out)) continue;
      if (on_failure_ == OnFailure::null)
        clear_bit(validity.data(), i);
      else
        fail(i, problem(a, b));
    }
  }

  std::string problem(Value a, Value b) const {
    const auto operation = value_text(a) + Step::sign + value_text(b);
    if (b == 0 && is_division())
      return operation + ": division by zero; nullif(divisor, 0) makes the result null instead";
    return operation + " does not fit in " + to_string(type()) +
           "; cast to a wider type, or set ansi = false to let it wrap around";
  }
  static bool is_division() {
    return std::is_base_of_v<Divide, Step> || std::is_same_v<Step, Remainder> ||
           std::is_same_v<Step, PositiveRemainder>;
  }

  OnFailure on_failure_;
};

/// The node for a number type. Both arguments must have it.
template <class Step>
NodePtr make_arithmetic(const NodePtr& left, const NodePtr& right, OnFailure on_failure) {
  const Type type = left->type();
  switch (type.id) {
    case TypeId::int32:
      return std::make_shared<ArithmeticNode<Step, int32_t>>(type, left, right, on_failure);
    case TypeId::float32:
      return std::make_shared<ArithmeticNode<Step, float>>(type, left, right, on_failure);
    case TypeId::float64:
      return std::make_shared<ArithmeticNode<Step, double>>(type, left, right, on_failure);
    default:  // long, interval
      return std::make_shared<ArithmeticNode<Step, int64_t>>(type, left, right, on_failure);
  }
}

}  // namespace millrace
