#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// A time zone of the system's database, or a fixed offset. All times are microseconds.
class TimeZone {
 public:
  /// "UTC", "Z", "+02:00", "GMT+1", "Europe/Berlin". Nothing where there is no such zone.
  static std::shared_ptr<const TimeZone> find(std::string_view name,
                                              const std::string& directory = "/usr/share/zoneinfo");
  static std::shared_ptr<const TimeZone> utc();

  bool is_utc() const { return fixed_ && first_offset_ == 0; }
  const std::string& name() const { return name_; }

  /// What local clocks show beyond UTC at an instant.
  int64_t offset_at(int64_t instant) const { return fixed_ ? first_offset_ : find_offset(instant); }
  int64_t to_local(int64_t instant) const { return shifted(instant, offset_at(instant)); }
  /// The instant when local clocks show `local`. Of two instants (clocks were set back) it is the
  /// earlier; times that clocks skipped move forward by what was skipped. java.time does the same.
  int64_t from_local(int64_t local) const {
    return fixed_ ? shifted(local, -first_offset_) : find_instant(local);
  }

  /// Reads [+-]h[h][:mm[:ss]] or [+-]hhmm; nothing where it is something else or beyond 18 hours.
  static std::optional<int64_t> parse_offset(std::string_view text);

 private:
  friend class ZoneFile;

  /// A date of every year: the `week`th `weekday` of `month` (5: the last), or a day of the year.
  struct YearlyDate {
    enum class Kind { month_week_day, julian, day_of_year } kind = Kind::month_week_day;
    int month = 0;
    int week = 0;
    int weekday = 0;
    int day = 0;
    int64_t time = 0;  ///< after local midnight
  };
  /// The rule for times behind the last transition.
  struct Rule {
    int64_t standard_offset = 0;
    int64_t summer_offset = 0;
    bool has_summer = false;
    YearlyDate summer_begin;
    YearlyDate summer_end;
  };
  struct Transition {
    int64_t instant;
    int64_t offset;  ///< from `instant` on
  };

  /// The sum, or the end of time.
  static int64_t shifted(int64_t time, int64_t by) {
    int64_t sum = 0;
    if (!__builtin_add_overflow(time, by, &sum)) return sum;
    return by > 0 ? INT64_MAX : INT64_MIN;
  }
  int64_t find_offset(int64_t instant) const;
  int64_t find_instant(int64_t local) const;
  int64_t rule_offset(int64_t instant) const;
  static int64_t local_of(const YearlyDate& date, int64_t year);

  std::string name_;
  bool fixed_ = true;
  int64_t first_offset_ = 0;
  std::vector<Transition> transitions_;
  std::optional<Rule> rule_;
};

}  // namespace millrace
