#include "core/expression/date_pattern.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "millrace/civil.hpp"
#include "millrace/timestamp_text.hpp"

#include "core/expression/value_text.hpp"

namespace millrace {

namespace {

constexpr std::array<std::string_view, 12> months{"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> weekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};

void append_number(Text& out, int64_t value, int width) {
  if (value < 0) out.append('-');
  auto digits = std::to_string(value < 0 ? -value : value);
  for (int i = static_cast<int>(digits.size()); i < width; ++i) out.append('0');
  out.append(digits);
}

int64_t take_number(std::string_view& text, size_t least, size_t most) {
  size_t count = 0;
  int64_t value = 0;
  while (count < most && count < text.size() && text[count] >= '0' && text[count] <= '9')
    value = value * 10 + (text[count++] - '0');
  if (count < least) return -1;
  text.remove_prefix(count);
  return value;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) ==
                  std::tolower(static_cast<unsigned char>(b));
         });
}

/// Takes one of the names, whole or its first three letters; its index, or -1.
template <size_t Count>
int take_name(std::string_view& text, const std::array<std::string_view, Count>& names,
              bool whole) {
  for (size_t i = 0; i < Count; ++i) {
    const auto name = whole ? names[i] : names[i].substr(0, 3);
    if (!starts_with_ignoring_case(text, name)) continue;
    text.remove_prefix(name.size());
    return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

struct DatePattern::Fields {
  int64_t year = 1970;
  int64_t month = 1;
  int64_t day = 1;
  int64_t day_of_year = 0;  ///< 0: not said
  int64_t weekday = 4;      ///< 0 is Sunday
  int64_t hour = 0;
  bool half_day = false;  ///< the hour was one of 12
  bool afternoon = false;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t fraction = 0;  ///< microseconds
  int64_t offset = 0;    ///< of the zone, microseconds
  std::shared_ptr<const TimeZone> zone;
};

DatePattern::DatePattern(std::string_view pattern, const Session&) {
  constexpr std::string_view known = "yuMLdDEaHhKkmsSVXxZOQqzG";
  for (size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    size_t end = at + 1;
    if (c == '\'') {
      std::string literal;
      if (end < pattern.size() && pattern[end] == '\'') literal = "'";
      for (; end < pattern.size() && (pattern[end] != '\'' || pattern.substr(end, 2) == "''");
           ++end) {
        literal += pattern[end];
        if (pattern[end] == '\'') ++end;
      }
      if (end >= pattern.size())
        throw RowError{"in the date pattern " + value_text(pattern) + " a quote is not closed"};
      items_.push_back({'\0', 0, std::move(literal)});
      at = end + 1;
      continue;
    }
    if (std::isalpha(static_cast<unsigned char>(c)) == 0) {
      items_.push_back({'\0', 0, std::string(1, c)});
      ++at;
      continue;
    }
    while (end < pattern.size() && pattern[end] == c) ++end;
    if (known.find(c) == std::string_view::npos)
      throw RowError{"in the date pattern " + value_text(pattern) + " the letter `" + c +
                     "` has no meaning; patterns are written like yyyy-MM-dd HH:mm:ss.SSS"};
    items_.push_back({c, static_cast<int>(end - at), {}});
    at = end;
  }
}

void DatePattern::append(Timestamp time, const Session& session, Text& out) const {
  Fields fields;
  fields.zone = session.zone;
  fields.offset = session.zone->offset_at(time.microseconds);
  const int64_t local = session.zone->to_local(time.microseconds);
  const int64_t days = floor_div(local, microseconds_per_day);
  const Civil civil = civil_from_days(days);
  fields.year = civil.year;
  fields.month = civil.month;
  fields.day = civil.day;
  fields.day_of_year = days - days_from_civil(civil.year, 1, 1) + 1;
  fields.weekday = ((days + 4) % 7 + 7) % 7;
  int64_t rest = floor_rest(local, microseconds_per_day);
  fields.fraction = rest % microseconds_per_second;
  rest /= microseconds_per_second;
  fields.hour = rest / 3600;
  fields.minute = rest / 60 % 60;
  fields.second = rest % 60;
  for (const auto& item : items_) append_item(item, fields, out);
}

void DatePattern::append_item(const Item& item, const Fields& fields, Text& out) {
  const auto number = [&](int64_t value) { append_number(out, value, item.count); };
  switch (item.letter) {
    case '\0':
      return out.append(item.literal);
    case 'y':
    case 'u':
      return item.count == 2 ? append_number(out, ((fields.year % 100) + 100) % 100, 2)
                             : number(fields.year);
    case 'Q':
    case 'q':
      if (item.count > 2) out.append('Q');
      return append_number(out, (fields.month + 2) / 3, item.count > 2 ? 1 : item.count);
    case 'M':
    case 'L': {
      const auto name = months[static_cast<size_t>(fields.month - 1)];
      if (item.count < 3) return number(fields.month);
      return out.append(item.count == 3 ? name.substr(0, 3) : name);
    }
    case 'E': {
      const auto name = weekdays[static_cast<size_t>(fields.weekday)];
      return out.append(item.count <= 3 ? name.substr(0, 3) : name);
    }
    case 'd':
      return number(fields.day);
    case 'D':
      return number(fields.day_of_year);
    case 'a':
      return out.append(fields.hour < 12 ? "AM" : "PM");
    case 'H':
      return number(fields.hour);
    case 'k':
      return number(fields.hour == 0 ? 24 : fields.hour);
    case 'h':
      return number((fields.hour + 11) % 12 + 1);
    case 'K':
      return number(fields.hour % 12);
    case 'm':
      return number(fields.minute);
    case 's':
      return number(fields.second);
    case 'S': {
      std::string digits =
          std::to_string(fields.fraction + microseconds_per_second).substr(1) + "000";
      digits.resize(static_cast<size_t>(std::min(item.count, 9)), '0');
      return out.append(digits);
    }
    case 'G':
      return out.append(fields.year > 0 ? "AD" : "BC");
    default:
      append_zone(item, fields, out);
  }
}

void DatePattern::append_zone(const Item& item, const Fields& fields, Text& out) {
  if (item.letter == 'V' || item.letter == 'z') return out.append(fields.zone->name());
  const int64_t minutes = fields.offset / (60 * microseconds_per_second);
  if (minutes == 0 && item.letter == 'X') return out.append('Z');
  if (item.letter == 'O') out.append("GMT");
  if (minutes == 0 && item.letter == 'O') return;
  const bool colon = item.letter == 'O' || (item.letter == 'Z' ? item.count > 3 : item.count >= 3);
  const int64_t magnitude = minutes < 0 ? -minutes : minutes;
  out.append(minutes < 0 ? '-' : '+');
  append_number(out, magnitude / 60, item.letter == 'O' && item.count == 1 ? 1 : 2);
  const bool short_form = (item.letter == 'X' || item.letter == 'x' || item.letter == 'O') &&
                          item.count == 1 && magnitude % 60 == 0;
  if (short_form) return;
  if (colon) out.append(':');
  append_number(out, magnitude % 60, 2);
}

bool DatePattern::is_number(size_t index) const {
  constexpr std::string_view numbers = "yudDHhKkmsSQq";
  if (index >= items_.size()) return false;
  const auto& item = items_[index];
  return numbers.find(item.letter) != std::string_view::npos ||
         ((item.letter == 'M' || item.letter == 'L') && item.count < 3);
}

/// Where the number that a letter stands for goes, and how many digits it may have.
DatePattern::NumberField DatePattern::number_field(char letter) {
  switch (letter) {
    case 'M':
    case 'L':
      return {&Fields::month, 2};
    case 'd':
      return {&Fields::day, 2};
    case 'D':
      return {&Fields::day_of_year, 3};
    case 'H':
    case 'k':
    case 'h':
    case 'K':
      return {&Fields::hour, 2};
    case 'm':
      return {&Fields::minute, 2};
    case 's':
      return {&Fields::second, 2};
    default:
      return {nullptr, 0};
  }
}

bool DatePattern::take_number_item(const Item& item, bool glued, std::string_view& text,
                                   Fields& fields) {
  const auto [field, digits_max] = number_field(item.letter);
  if (field == nullptr) return false;  // Quarters and eras are written only.
  const auto count = static_cast<size_t>(item.count);
  fields.*field = item.count == 1 ? take_number(text, 1, glued ? 1 : digits_max)
                                  : take_number(text, count, count);
  if (fields.*field < 0) return false;
  if (item.letter == 'k') fields.hour %= 24;
  if (item.letter != 'h' && item.letter != 'K') return true;
  fields.half_day = true;
  return fields.hour <= 12;
}

bool DatePattern::take_year(int count, bool glued, std::string_view& text, Fields& fields) {
  if (count == 2) {
    fields.year = take_number(text, 2, 2) + 2000;
    return fields.year >= 2000;
  }
  fields.year = take_number(text, count == 1 ? 1 : 4, glued ? 4 : 6);
  return fields.year >= 0;
}

bool DatePattern::take_fraction(size_t count, std::string_view& text, Fields& fields) {
  size_t digits = 0;
  fields.fraction = 0;
  for (; digits < count && !text.empty() && text[0] >= '0' && text[0] <= '9'; ++digits) {
    if (digits < 6) fields.fraction = fields.fraction * 10 + (text[0] - '0');
    text.remove_prefix(1);
  }
  for (size_t i = digits; i < 6; ++i) fields.fraction *= 10;
  return digits == count;
}

bool DatePattern::take_item(size_t index, std::string_view& text, Fields& fields) const {
  const auto& item = items_[index];
  const bool glued = is_number(index + 1);
  switch (item.letter) {
    case '\0':
      if (!text.starts_with(item.literal)) return false;
      text.remove_prefix(item.literal.size());
      return true;
    case 'y':
    case 'u':
      return take_year(item.count, glued, text, fields);
    case 'M':
    case 'L':
      if (item.count < 3) return take_number_item(item, glued, text, fields);
      fields.month = take_name(text, months, item.count > 3) + 1;
      return fields.month > 0;
    case 'E':
      return take_name(text, weekdays, item.count > 3) >= 0;
    case 'a': {
      constexpr std::array<std::string_view, 2> halves{"AM", "PM"};
      const int half = take_name(text, halves, true);
      fields.afternoon = half == 1;
      return half >= 0;
    }
    case 'S':
      return take_fraction(static_cast<size_t>(item.count), text, fields);
    case 'V':
    case 'X':
    case 'x':
    case 'Z':
    case 'z':
    case 'O':
      return take_zone(text, fields);
    default:
      return take_number_item(item, glued, text, fields);
  }
}

bool DatePattern::take_zone(std::string_view& text, Fields& fields) {
  size_t size = 0;
  while (size < text.size() &&
         (std::isalnum(static_cast<unsigned char>(text[size])) != 0 ||
          std::string_view("+-:/_").find(text[size]) != std::string_view::npos))
    ++size;
  fields.zone = TimeZone::find(text.substr(0, size));
  text.remove_prefix(size);
  return fields.zone != nullptr;
}

std::optional<Timestamp> DatePattern::parse(std::string_view text, const Session& session) const {
  Fields fields;
  fields.zone = session.zone;
  for (size_t i = 0; i < items_.size(); ++i)
    if (!take_item(i, text, fields)) return std::nullopt;
  if (!text.empty() || fields.hour > 23 || fields.minute > 59 || fields.second > 59)
    return std::nullopt;
  if (fields.half_day) fields.hour = fields.hour % 12 + (fields.afternoon ? 12 : 0);
  if (!detail::is_day(static_cast<int>(fields.year), static_cast<int>(fields.month),
                      static_cast<int>(fields.day)))
    return std::nullopt;
  const int64_t days = fields.day_of_year > 0
                           ? days_from_civil(fields.year, 1, 1) + fields.day_of_year - 1
                           : days_from_civil(fields.year, static_cast<int>(fields.month),
                                             static_cast<int>(fields.day));
  if (civil_from_days(days).year != fields.year) return std::nullopt;
  int64_t local = 0;
  const int64_t seconds = fields.hour * 3600 + fields.minute * 60 + fields.second;
  if (__builtin_mul_overflow(days, microseconds_per_day, &local) ||
      __builtin_add_overflow(local, seconds * microseconds_per_second + fields.fraction, &local))
    return std::nullopt;
  return Timestamp{fields.zone->from_local(local)};
}

}  // namespace millrace
