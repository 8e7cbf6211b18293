// A comparison of sums is brought to the form `later - earlier + offset >= 0`, whichever side of it
// columns and intervals stand on: `a >= b - interval`, `b <= a + interval`, `a - b > interval`.
#include "core/plan/time_bound.hpp"

#include <algorithm>

#include "core/plan/join_names.hpp"

namespace millrace {
namespace {

/// A sum of timestamps and intervals.
class Terms {
 public:
  explicit Terms(const JoinNames& names, const std::array<JoinSide, 2>& sides)
      : names_(names), sides_(sides) {}

  bool add(const AstNode& node, int sign) {
    if (node.kind == AstNode::Kind::column) return add_column(node, sign);
    if (node.kind == AstNode::Kind::literal) return add_interval(node, sign);
    const auto& arguments = node.arguments;
    if (node.function == "negative") return add(*arguments[0], -sign);
    if (node.function == "cast" && node.type.id == TypeId::timestamp)
      return add(*arguments[0], sign);
    if (arguments.size() != 2 || (node.function != "+" && node.function != "-")) return false;
    return add(*arguments[0], sign) && add(*arguments[1], node.function == "+" ? sign : -sign);
  }

  std::optional<mr_time_bound> solve(bool strict) const {
    if (later_.size() != 1 || earlier_.size() != 1) return std::nullopt;
    const auto [side, column] = later_[0];
    const auto [other_side, other_column] = earlier_[0];
    if (side == other_side) return std::nullopt;
    return mr_time_bound{static_cast<int32_t>(side), column, other_column, strict ? 1 : 0,
                         -offset_us_};
  }

 private:
  bool add_column(const AstNode& node, int sign) {
    if (node.path.size() != 1) return false;
    const auto [side, column] = names_.find(node);
    if ((*sides_[side].schema)[static_cast<size_t>(column)].type.id != TypeId::timestamp)
      return false;
    (sign > 0 ? later_ : earlier_).emplace_back(side, column);
    return true;
  }

  bool add_interval(const AstNode& node, int sign) {
    const auto* interval = std::get_if<Interval>(&node.value);
    if (interval == nullptr || interval->months != 0) return false;
    return !__builtin_add_overflow(offset_us_, sign * interval->microseconds, &offset_us_);
  }

  const JoinNames& names_;
  const std::array<JoinSide, 2>& sides_;
  std::vector<std::pair<size_t, int>> later_;
  std::vector<std::pair<size_t, int>> earlier_;
  int64_t offset_us_ = 0;
};

}  // namespace

std::optional<mr_time_bound> time_bound(const AstNode& comparison,
                                        const std::array<JoinSide, 2>& sides) {
  if (comparison.kind != AstNode::Kind::call || comparison.arguments.size() != 2)
    return std::nullopt;
  const auto& function = comparison.function;
  const bool rising = function == "<" || function == "<=";
  if (!rising && function != ">" && function != ">=") return std::nullopt;
  const JoinNames names(sides);
  Terms terms(names, sides);
  if (!terms.add(*comparison.arguments[rising ? 1 : 0], 1)) return std::nullopt;
  if (!terms.add(*comparison.arguments[rising ? 0 : 1], -1)) return std::nullopt;
  return terms.solve(function.size() == 1);
}

}  // namespace millrace
