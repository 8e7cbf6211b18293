#pragma once
#include <compare>
#include <cstddef>

namespace millrace {

/// A place on one line of a source file. Lines and columns count from 1, columns in code points;
/// `end_column` is one past the last. Line 0 means "no place is known".
struct Span {
  std::size_t line = 0;
  std::size_t column = 0;
  std::size_t end_column = 0;

  bool known() const { return line != 0; }
  auto operator<=>(const Span&) const = default;
};

/// A value and the place where it was written.
template <class T>
struct Located {
  T value{};
  Span span;
};

}  // namespace millrace
