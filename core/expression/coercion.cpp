#include "core/expression/coercion.hpp"

#include <algorithm>

#include "core/expression/decimal_types.hpp"

namespace millrace {

namespace {

bool is_time(TypeId id) { return id == TypeId::date || id == TypeId::timestamp; }

/// Strings take the type of what they meet, so that '5' < value compares numbers.
Type string_with(const Type& other, bool ansi) {
  if (!ansi) return TypeId::string;
  if (other.is_integer()) return TypeId::int64;
  if (other.is_floating() || other.is_decimal()) return TypeId::float64;
  return other;
}

}  // namespace

std::optional<Type> common_type(const Type& left, const Type& right, bool ansi) {
  if (left == right || right.id == TypeId::null) return left;
  if (left.id == TypeId::null) return right;
  if (left.is_numeric() && right.is_numeric()) {
    if (left.is_decimal() || right.is_decimal()) {
      if (left.is_floating() || right.is_floating()) return TypeId::float64;
      return wider_decimal(as_decimal(left), as_decimal(right));
    }
    const TypeId wider = std::max(left.id, right.id);
    // A float cannot hold every int: ANSI rules go to double.
    const bool mixed = left.is_integer() != right.is_integer();
    return mixed && ansi ? TypeId::float64 : wider;
  }
  if (left.id == TypeId::list && right.id == TypeId::list) {
    const auto item = common_type(left.children.at(0).type, right.children.at(0).type, ansi);
    return item ? std::optional(list_of(*item)) : std::nullopt;
  }
  if (left.is_nested() || right.is_nested()) return std::nullopt;
  if (left.id == TypeId::string && right.id != TypeId::binary) return string_with(right, ansi);
  if (right.id == TypeId::string && left.id != TypeId::binary) return string_with(left, ansi);
  if (is_time(left.id) && is_time(right.id)) return TypeId::timestamp;
  return std::nullopt;
}

std::optional<int> conversion_cost(const Type& from, const Type& to) {
  if (from == to) return 0;
  if (from.id == TypeId::null) return 1;
  if (from.is_numeric() && to.is_numeric()) {
    // A decimal stands between long and double.
    if (to.is_decimal()) return from.is_floating() ? 41 : 1;
    if (from.is_decimal()) return to.id == TypeId::float64 ? 2 : (to.is_floating() ? 8 : 42);
    const int steps = static_cast<int>(to.id) - static_cast<int>(from.id);
    // Better a wider type; better double than float; narrowing only where nothing else fits.
    if (steps < 0) return 40 - steps;
    return from.is_integer() && to.id == TypeId::float32 ? 8 : 2 * steps;
  }
  if (from.id == TypeId::date && to.id == TypeId::timestamp) return 4;
  if (from.id == TypeId::timestamp && to.id == TypeId::date) return 20;
  if (from.id == TypeId::list && to.id == TypeId::list)
    return conversion_cost(from.children.at(0).type, to.children.at(0).type);
  if (from.is_nested() || to.is_nested()) return std::nullopt;
  if (from.id == TypeId::string && to.id == TypeId::float64) return 10;
  if (from.id == TypeId::string && to.id != TypeId::binary) return 12;
  if (to.id == TypeId::string && from.id != TypeId::binary) return 20;
  return std::nullopt;
}

}  // namespace millrace
