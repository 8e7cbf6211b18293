#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/expression/row_value.hpp"

namespace millrace {

/// A number with commas between thousands and `places` digits behind the point.
std::string number_with_commas(double value, int places);

/// A format as Java's Formatter takes it: %s %d %x %X %o %f %e %E %g %c %b %n %%, with flags,
/// width, precision and 1$ for the first value.
class FormatText {
 public:
  using PreparedFromText = void;
  /// Throws RowError for what is no format.
  FormatText(std::string_view text, const Session& session);

  /// Writes the values of a row, given as columns and the positions in them. Throws RowError where
  /// a value is missing or of a type that its place does not take.
  void append(const std::vector<const Column*>& columns, const std::vector<int64_t>& rows,
              const Session& session, std::string& to) const;

 private:
  struct Item {
    std::string literal;
    char conversion = '\0';  ///< '\0' for a literal
    std::string flags;
    int width = 0;
    int precision = -1;
    size_t argument = 0;
  };
  void add_item(std::string_view text, size_t& at, size_t& next);
  static std::string written(const Item& item, const Column& column, int64_t row,
                             const Session& session);
  static std::string whole(const Item& item, int64_t value);
  static std::string real(const Item& item, double value);

  std::vector<Item> items_;
};

}  // namespace millrace
