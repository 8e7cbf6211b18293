#include "core/expression/time_zone.hpp"

#include <algorithm>

#include "millrace/civil.hpp"

#include "core/expression/zone_file.hpp"

namespace millrace {

std::optional<int64_t> TimeZone::parse_offset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int64_t sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  std::string digits;
  if (text.find(':') == std::string_view::npos) {
    digits = text.size() == 1 ? "0" + std::string(text) : std::string(text);
  } else {
    for (size_t at = 0; at <= text.size();) {
      const size_t colon = std::min(text.find(':', at), text.size());
      const auto part = text.substr(at, colon - at);
      if (part.empty() || part.size() > 2) return std::nullopt;
      digits += (part.size() == 1 ? "0" : "") + std::string(part);
      at = colon + 1;
    }
  }
  if (digits.size() % 2 != 0 || digits.size() > 6) return std::nullopt;
  int64_t parts[3] = {0, 0, 0};
  for (size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] < '0' || digits[i] > '9') return std::nullopt;
    parts[i / 2] = parts[i / 2] * 10 + (digits[i] - '0');
  }
  const int64_t seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
  if (parts[1] > 59 || parts[2] > 59 || seconds > 18 * 3600) return std::nullopt;
  return sign * seconds * microseconds_per_second;
}

std::shared_ptr<const TimeZone> TimeZone::utc() {
  static const auto zone = [] {
    auto made = std::make_shared<TimeZone>();
    made->name_ = "UTC";
    return made;
  }();
  return zone;
}

std::shared_ptr<const TimeZone> TimeZone::find(std::string_view name,
                                               const std::string& directory) {
  if (name == "UTC" || name == "Z" || name == "GMT" || name == "UT") return utc();
  auto offset_text = name;
  for (const std::string_view zero : {"UTC", "GMT", "UT"}) {
    if (!name.starts_with(zero)) continue;
    offset_text = name.substr(zero.size());
    break;
  }
  if (const auto offset = parse_offset(offset_text)) {
    auto zone = std::make_shared<TimeZone>();
    zone->name_ = std::string(name);
    zone->first_offset_ = *offset;
    return zone;
  }
  return ZoneFile::load(std::string(name), directory);
}

int64_t TimeZone::find_offset(int64_t instant) const {
  const auto after =
      std::upper_bound(transitions_.begin(), transitions_.end(), instant,
                       [](int64_t at, const Transition& next) { return at < next.instant; });
  if (after == transitions_.end() && rule_) return rule_offset(instant);
  return after == transitions_.begin() ? first_offset_ : std::prev(after)->offset;
}

int64_t TimeZone::find_instant(int64_t local) const {
  // Offsets change at most once in the days around a local time: what clocks show shortly before
  // and shortly after are the only candidates, and the earlier instant wins.
  const int64_t before = find_offset(shifted(local, -microseconds_per_day));
  const int64_t after = find_offset(shifted(local, microseconds_per_day));
  const int64_t with_before = shifted(local, -before);
  const int64_t with_after = shifted(local, -after);
  if (before == after || find_offset(with_before) == before) return with_before;
  return find_offset(with_after) == after ? with_after : with_before;
}

int64_t TimeZone::local_of(const YearlyDate& date, int64_t year) {
  int64_t day = 0;
  if (date.kind == YearlyDate::Kind::month_week_day) {
    const int64_t first = days_from_civil(year, date.month, 1);
    const int64_t first_weekday = ((first + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday.
    day = first + (date.weekday - first_weekday + 7) % 7 + (date.week - 1) * 7;
    const int64_t next_month = date.month == 12 ? days_from_civil(year + 1, 1, 1)
                                                : days_from_civil(year, date.month + 1, 1);
    while (day >= next_month) day -= 7;
  } else {
    const int64_t first = days_from_civil(year, 1, 1);
    const bool leap = days_from_civil(year + 1, 1, 1) - first == 366;
    const bool skips = date.kind == YearlyDate::Kind::julian;  // Counts from 1, never 29 February.
    day = first + date.day - (skips ? 1 : 0) + (skips && leap && date.day >= 60 ? 1 : 0);
  }
  return day * microseconds_per_day + date.time;
}

int64_t TimeZone::rule_offset(int64_t instant) const {
  if (!rule_->has_summer) return rule_->standard_offset;
  const int64_t day = floor_div(shifted(instant, rule_->standard_offset), microseconds_per_day);
  const int64_t year = civil_from_days(day).year;
  const int64_t begin = local_of(rule_->summer_begin, year) - rule_->standard_offset;
  const int64_t end = local_of(rule_->summer_end, year) - rule_->summer_offset;
  const bool summer =
      begin < end ? instant >= begin && instant < end : instant >= begin || instant < end;
  return summer ? rule_->summer_offset : rule_->standard_offset;
}

}  // namespace millrace
