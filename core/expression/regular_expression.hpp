#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/expression/row_value.hpp"

namespace re2 {
class RE2;
}

namespace millrace {

/// A regular expression (RE2: no lookaround, no back references, and no pattern that takes
/// forever).
class RegularExpression {
 public:
  using PreparedFromText = void;
  /// Throws RowError where the pattern cannot be used.
  RegularExpression(std::string_view pattern, const Session& session);

  bool found_in(std::string_view text) const;
  int group_count() const;

  /// The groups of the first match at or behind byte `from`, group 0 being all of it; false where
  /// there is none. Groups that took no part have no data.
  bool match(std::string_view text, size_t from, std::vector<std::string_view>& groups) const;

 private:
  std::shared_ptr<const re2::RE2> compiled_;  // Shared by copies; immutable.
};

/// The text behind a replacement: $1 and ${1} stand for groups, \ makes the next character
/// ordinary.
class Replacement {
 public:
  using PreparedFromText = void;
  Replacement(std::string_view text, const Session& session);

  void append(const std::vector<std::string_view>& groups, Text& out) const;

 private:
  struct Part {
    std::string literal;
    int group;  ///< -1 for a literal
  };
  std::vector<Part> parts_;
};

}  // namespace millrace
