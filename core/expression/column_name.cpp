#include "core/expression/column_name.hpp"

#include <algorithm>

namespace millrace {

bool same_name(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(a) == lower(b);
  });
}

int find_column(const std::vector<Field>& fields, std::string_view name) {
  int found = -1;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return static_cast<int>(i);
    if (same_name(fields[i].name, name)) found = found == -1 ? static_cast<int>(i) : -2;
  }
  return std::max(found, -1);
}

}  // namespace millrace
