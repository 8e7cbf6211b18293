#pragma once
#include <memory>
#include <string>

#include "core/expression/time_zone.hpp"

namespace millrace {

/// Reads compiled time zones (TZif, RFC 8536): version 2 data blocks with 64-bit times, and the
/// POSIX rule in the footer for times behind the last transition.
class ZoneFile {
 public:
  /// The zone `name` below `directory`; nothing where there is none or it is damaged.
  static std::shared_ptr<const TimeZone> load(const std::string& name,
                                              const std::string& directory);

  /// Reads a compiled zone from memory.
  static std::shared_ptr<const TimeZone> read(const std::string& name, const std::string& bytes);

 private:
  static std::optional<TimeZone::Rule> read_rule(std::string_view text);
  static bool read_yearly(std::string_view& text, TimeZone::YearlyDate& date);
};

}  // namespace millrace
