#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/expression/row_value.hpp"

namespace millrace {

class JsonScanner;

/// A path into a JSON text: $, .name, ['name'], [index], [*], .*.
class JsonPath {
 public:
  using PreparedFromText = void;
  /// A text that is no path finds nothing.
  JsonPath(std::string_view text, const Session& session);

  /// Writes what the path leads to: a string without its quotes, anything else as JSON. What [*]
  /// leads to is an array, unless it is one value. False where there is nothing, or null, or no
  /// JSON.
  bool append(std::string_view json, Text& out) const;

 private:
  struct Step {
    std::string name;    ///< of a field
    int64_t index = -1;  ///< of an item
    bool all = false;    ///< of items: all of them
    bool is_name = false;
  };
  bool add_step(std::string_view& rest);
  bool find(JsonScanner& scanner, size_t step, std::string& found, int& count, bool quoted) const;

  std::vector<Step> steps_;
  bool valid_ = false;
};

}  // namespace millrace
