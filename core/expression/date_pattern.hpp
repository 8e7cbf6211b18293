#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/expression/row_value.hpp"

namespace millrace {

/// A pattern of Java's DateTimeFormatter, as Spark's date functions take it: y year, Q quarter, M
/// or L month, d day, D day of the year, E weekday, a AM or PM, H hour 0-23, k 1-24, h 1-12, K
/// 0-11, m minute, s second, S fraction, V zone, X x Z offset, 'text' as it is.
class DatePattern {
 public:
  using PreparedFromText = void;
  /// Throws RowError for a letter that means nothing.
  DatePattern(std::string_view pattern, const Session& session);

  /// Writes an instant as clocks of the session's zone show it.
  void append(Timestamp time, const Session& session, Text& out) const;

  /// Reads a text; fields that the pattern lacks are those of 1970-01-01 00:00. Nothing where the
  /// text does not fit.
  std::optional<Timestamp> parse(std::string_view text, const Session& session) const;

 private:
  struct Item {
    char letter;  ///< '\0' for a literal
    int count;
    std::string literal;
  };
  struct Fields;

  static void append_item(const Item& item, const Fields& fields, Text& out);
  static void append_zone(const Item& item, const Fields& fields, Text& out);
  struct NumberField {
    int64_t Fields::*field;
    size_t digits_max;
  };
  static NumberField number_field(char letter);
  static bool take_number_item(const Item& item, bool glued, std::string_view& text,
                               Fields& fields);
  static bool take_year(int count, bool glued, std::string_view& text, Fields& fields);
  static bool take_fraction(size_t count, std::string_view& text, Fields& fields);
  bool take_item(size_t index, std::string_view& text, Fields& fields) const;
  static bool take_zone(std::string_view& text, Fields& fields);
  bool is_number(size_t index) const;

  std::vector<Item> items_;
};

}  // namespace millrace
