#include "plugins/window/aggregates/nested_value.hpp"

#include <algorithm>
#include <cmath>

#include "millrace/detail/key_encoding.hpp"

namespace millrace::window {
namespace {

template <class Value>
int order_of(Value a, Value b) {
  if constexpr (std::is_floating_point_v<Value>) {
    if (std::isnan(a) || std::isnan(b)) return int{std::isnan(a)} - int{std::isnan(b)};
  }
  return int{b < a} - int{a < b};
}

template <class Value>
int compare_bits(const char*& a, const char*& b) {
  Value left;
  Value right;
  std::memcpy(&left, a, sizeof left);
  std::memcpy(&right, b, sizeof right);
  a += sizeof left;
  b += sizeof right;
  return order_of(left, right);
}

// Both cursors move behind the values where these are equal, and stay anywhere where not.
int compare_at(const Type& type, const char*& a, const char*& b);

int compare_texts(const char*& a, const char*& b) {
  const std::string_view left(a + sizeof(uint32_t), load_four(a));
  const std::string_view right(b + sizeof(uint32_t), load_four(b));
  a = left.data() + left.size();
  b = right.data() + right.size();
  return left.compare(right);
}

int compare_lists(const Type& item, const char*& a, const char*& b) {
  const uint32_t left = load_four(a);
  const uint32_t right = load_four(b);
  a += sizeof left;
  b += sizeof right;
  for (uint32_t i = 0; i < std::min(left, right); ++i)
    if (const int order = compare_at(item, a, b); order != 0) return order;
  return order_of(left, right);
}

int compare_at(const Type& type, const char*& a, const char*& b) {
  const bool left = *a++ != 0;
  const bool right = *b++ != 0;
  if (!left || !right) {
    const size_t rest = left || right ? 0 : detail::keys::leaves_of(type) - 1;
    a += rest;
    b += rest;
    return int{left} - int{right};
  }
  switch (type.id) {
    case TypeId::structure:
      for (const auto& field : type.children)
        if (const int order = compare_at(field.type, a, b); order != 0) return order;
      return 0;
    case TypeId::list:
      return compare_lists(type.children[0].type, a, b);
    case TypeId::string:
    case TypeId::binary:
      return compare_texts(a, b);
    case TypeId::boolean:
      return compare_bits<uint8_t>(a, b);
    case TypeId::float64:
      return compare_bits<double>(a, b);
    case TypeId::float32:
      return compare_bits<float>(a, b);
    case TypeId::decimal:
      return compare_bits<Int128>(a, b);
    default:
      return width_of(type.id) == 4 ? compare_bits<int32_t>(a, b) : compare_bits<int64_t>(a, b);
  }
}

}  // namespace

void assign_nested(std::string& to, const Column& column, int64_t row) {
  to.resize(detail::keys::size_of_value(column, row));
  detail::keys::write_value(column, row, SignedZeros::distinct, to.data());
}

int compare_nested(const Type& type, std::string_view a, std::string_view b) {
  const char* left = a.data();
  const char* right = b.data();
  return compare_at(type, left, right);
}

}  // namespace millrace::window
