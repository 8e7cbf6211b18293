#include "core/expression/comparison.hpp"

#include <cmath>
#include <cstring>

#include "millrace/value_order.hpp"

// Six comparisons come from two loops, "equal" and "less": the others swap the sides or invert the
// bits of the result.
namespace millrace {

namespace {

struct Equal {
  template <class V>
  static bool test(V a, V b) {
    if constexpr (std::is_floating_point_v<V>)
      return a == b || (a != a && b != b);
    else
      return a == b;
  }
};
struct Less {
  template <class V>
  static bool test(V a, V b) {
    if constexpr (std::is_floating_point_v<V>)
      return a < b || (b != b && a == a);
    else
      return a < b;
  }
};

template <class Value>
struct FixedValues {
  explicit FixedValues(const Vector& from) : values(from.column.data<Value>()) {}
  Value at(int64_t row) const { return values[row]; }
  const Value* values;
};
struct TextValues {
  explicit TextValues(const Vector& from)
      : offsets(from.column.offsets), bytes(from.column.bytes) {}
  std::string_view at(int64_t row) const {
    return {bytes + offsets[row], static_cast<size_t>(offsets[row + 1] - offsets[row])};
  }
  const int32_t* offsets;
  const char* bytes;
};
struct BooleanValues {
  explicit BooleanValues(const Vector& from)
      : bits(static_cast<const uint8_t*>(from.column.values)) {}
  bool at(int64_t row) const { return Column::bit(bits, row); }
  const uint8_t* bits;
};

struct NestedValue {
  const Column* column;
  int64_t row;
  bool operator==(const NestedValue& other) const {
    return compare_cells(*column, row, *other.column, other.row) == 0;
  }
  bool operator<(const NestedValue& other) const {
    return compare_cells(*column, row, *other.column, other.row) < 0;
  }
};
struct NestedValues {
  explicit NestedValues(const Vector& from) : column(&from.column) {}
  NestedValue at(int64_t row) const { return {column, row}; }
  const Column* column;
};

template <class Test, class Values>
Bitmap compare(const Vector& left, const Vector& right, int64_t rows) {
  const Values a(left);
  const Values b(right);
  if (right.constant && !left.constant)
    return test_rows(rows, [=, fixed = b.at(0)](int64_t i) { return Test::test(a.at(i), fixed); });
  if (left.constant && !right.constant)
    return test_rows(rows, [=, fixed = a.at(0)](int64_t i) { return Test::test(fixed, b.at(i)); });
  return test_rows(rows, [=](int64_t i) { return Test::test(a.at(i), b.at(i)); });
}

template <class Values>
class ComparisonNode final : public Node {
 public:
  ComparisonNode(Comparison comparison, NodePtr left, NodePtr right)
      : Node(TypeId::boolean, {std::move(left), std::move(right)}), comparison_(comparison) {}

 protected:
  Vector compute(const Frame& frame) const override {
    const auto values = evaluate_arguments(frame);
    const auto& left = values[0];
    const auto& right = values[1];
    if (comparison_ == Comparison::same) return same(left, right, frame.rows);
    Bitmap validity = common_validity({&left, &right}, frame.rows);
    return {make_boolean_column(frame.rows, bits(left, right, frame.rows), std::move(validity)),
            false};
  }

 private:
  Bitmap bits(const Vector& left, const Vector& right, int64_t rows) const {
    switch (comparison_) {
      case Comparison::unequal:
        return inverted(compare<Equal, Values>(left, right, rows), rows);
      case Comparison::less:
        return compare<Less, Values>(left, right, rows);
      case Comparison::less_equal:
        return inverted(compare<Less, Values>(right, left, rows), rows);
      case Comparison::greater:
        return compare<Less, Values>(right, left, rows);
      case Comparison::greater_equal:
        return inverted(compare<Less, Values>(left, right, rows), rows);
      default:
        return compare<Equal, Values>(left, right, rows);
    }
  }

  static Bitmap inverted(const Bitmap& bits, int64_t rows) {
    return make_bitmap(rows, [&](size_t i) { return ~bits[i]; });
  }

  static Vector same(const Vector& left, const Vector& right, int64_t rows) {
    const Bitmap equal = compare<Equal, Values>(left, right, rows);
    const Bitmap a = validity_of(left, rows);
    const Bitmap b = validity_of(right, rows);
    const auto word = [&](size_t i) {
      const uint64_t left_valid = a.empty() ? ~uint64_t{0} : a[i];
      const uint64_t right_valid = b.empty() ? ~uint64_t{0} : b[i];
      return (equal[i] & left_valid & right_valid) | (~left_valid & ~right_valid);
    };
    return {make_boolean_column(rows, make_bitmap(rows, word), {}), false};
  }

  Comparison comparison_;
};

}  // namespace

NodePtr make_comparison(Comparison comparison, const NodePtr& left, const NodePtr& right) {
  switch (left->type().id) {
    case TypeId::boolean:
      return std::make_shared<ComparisonNode<BooleanValues>>(comparison, left, right);
    case TypeId::int32:
    case TypeId::date:
      return std::make_shared<ComparisonNode<FixedValues<int32_t>>>(comparison, left, right);
    case TypeId::int64:
    case TypeId::timestamp:
    case TypeId::duration:
      return std::make_shared<ComparisonNode<FixedValues<int64_t>>>(comparison, left, right);
    case TypeId::float32:
      return std::make_shared<ComparisonNode<FixedValues<float>>>(comparison, left, right);
    case TypeId::float64:
      return std::make_shared<ComparisonNode<FixedValues<double>>>(comparison, left, right);
    case TypeId::decimal:
      return std::make_shared<ComparisonNode<FixedValues<Int128>>>(comparison, left, right);
    case TypeId::string:
    case TypeId::binary:
      return std::make_shared<ComparisonNode<TextValues>>(comparison, left, right);
    case TypeId::list:
    case TypeId::structure:
      return std::make_shared<ComparisonNode<NestedValues>>(comparison, left, right);
    default:
      return nullptr;
  }
}

}  // namespace millrace
