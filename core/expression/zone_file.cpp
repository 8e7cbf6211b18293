#include "core/expression/zone_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "millrace/civil.hpp"

namespace millrace {

namespace {

/// Takes big-endian numbers off the front of a text; `failed` where it is too short.
struct BigEndian {
  std::string_view rest;
  bool failed = false;

  int64_t take(size_t bytes) {
    if (rest.size() < bytes) {
      failed = true;
      return 0;
    }
    uint64_t value = (rest[0] & 0x80) != 0 ? ~uint64_t{0} : 0;
    for (size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<uint8_t>(rest[i]);
    rest.remove_prefix(bytes);
    return static_cast<int64_t>(value);
  }
  void skip(int64_t bytes) {
    if (bytes < 0 || static_cast<size_t>(bytes) > rest.size())
      failed = true;
    else
      rest.remove_prefix(static_cast<size_t>(bytes));
  }
};

struct Header {
  int64_t utc_flags, standard_flags, leaps, transitions, types, name_bytes;
};

bool take_header(BigEndian& from, Header& to) {
  if (from.rest.substr(0, 4) != "TZif") return false;
  const char version = from.rest.size() > 4 ? from.rest[4] : '\0';
  from.skip(20);
  to.utc_flags = from.take(4);
  to.standard_flags = from.take(4);
  to.leaps = from.take(4);
  to.transitions = from.take(4);
  to.types = from.take(4);
  to.name_bytes = from.take(4);
  return !from.failed && version >= '2' && to.types > 0;
}

/// Some files begin with a transition at the big bang; microseconds do not reach that far.
int64_t instant_of(int64_t seconds) {
  constexpr int64_t seconds_max = 9'000'000'000'000;
  return std::clamp(seconds, -seconds_max, seconds_max) * microseconds_per_second;
}

int64_t take_number(std::string_view& text) {
  int64_t value = 0;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9' && value < 100'000) {
    value = value * 10 + (text[0] - '0');
    text.remove_prefix(1);
  }
  return value;
}

bool accept(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

/// [+-]h[:mm[:ss]] in microseconds.
int64_t take_time(std::string_view& text) {
  const bool negative = accept(text, '-');
  if (!negative) accept(text, '+');
  int64_t seconds = take_number(text) * 3600;
  if (accept(text, ':')) seconds += take_number(text) * 60;
  if (accept(text, ':')) seconds += take_number(text);
  return (negative ? -seconds : seconds) * microseconds_per_second;
}

void skip_name(std::string_view& text) {
  if (accept(text, '<')) {
    while (!text.empty() && !accept(text, '>')) text.remove_prefix(1);
    return;
  }
  while (!text.empty() &&
         ((text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z')))
    text.remove_prefix(1);
}

}  // namespace

bool ZoneFile::read_yearly(std::string_view& text, TimeZone::YearlyDate& date) {
  using Kind = TimeZone::YearlyDate::Kind;
  if (!accept(text, ',')) return false;
  if (accept(text, 'M')) {
    date.month = static_cast<int>(take_number(text));
    accept(text, '.');
    date.week = static_cast<int>(take_number(text));
    accept(text, '.');
    date.weekday = static_cast<int>(take_number(text));
    if (date.month < 1 || date.month > 12 || date.week < 1 || date.week > 5 || date.weekday > 6)
      return false;
  } else {
    date.kind = accept(text, 'J') ? Kind::julian : Kind::day_of_year;
    date.day = static_cast<int>(take_number(text));
  }
  date.time = accept(text, '/') ? take_time(text) : 7200 * microseconds_per_second;
  return true;
}

/// "CET-1CEST,M3.5.0,M10.5.0/3": offsets count westward.
std::optional<TimeZone::Rule> ZoneFile::read_rule(std::string_view text) {
  if (text.empty()) return std::nullopt;
  TimeZone::Rule rule;
  skip_name(text);
  rule.standard_offset = -take_time(text);
  if (text.empty()) return rule;
  skip_name(text);
  rule.summer_offset = text.empty() || text[0] == ','
                           ? rule.standard_offset + 3600 * microseconds_per_second
                           : -take_time(text);
  rule.has_summer = read_yearly(text, rule.summer_begin) && read_yearly(text, rule.summer_end);
  if (!rule.has_summer) return std::nullopt;
  return rule;
}

std::shared_ptr<const TimeZone> ZoneFile::read(const std::string& name, const std::string& bytes) {
  BigEndian from{bytes};
  Header header{};
  if (!take_header(from, header)) return nullptr;
  from.skip(header.transitions * 5 + header.types * 6 + header.name_bytes + header.leaps * 8 +
            header.standard_flags + header.utc_flags);
  if (!take_header(from, header)) return nullptr;
  auto zone = std::make_shared<TimeZone>();
  zone->name_ = name;
  zone->fixed_ = false;
  for (int64_t i = 0; i < header.transitions && !from.failed; ++i)
    zone->transitions_.push_back({instant_of(from.take(8)), 0});
  std::vector<size_t> types;
  for (int64_t i = 0; i < header.transitions && !from.failed; ++i)
    types.push_back(static_cast<size_t>(from.take(1) & 0xff));
  std::vector<int64_t> offsets;
  for (int64_t i = 0; i < header.types && !from.failed; ++i) {
    offsets.push_back(from.take(4) * microseconds_per_second);
    from.skip(2);
  }
  from.skip(header.name_bytes + header.leaps * 12 + header.standard_flags + header.utc_flags);
  if (from.failed) return nullptr;
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i] >= offsets.size()) return nullptr;
    zone->transitions_[i].offset = offsets[types[i]];
  }
  zone->first_offset_ = offsets[0];
  auto footer = from.rest;
  if (!accept(footer, '\n')) return nullptr;
  zone->rule_ = read_rule(footer.substr(0, footer.find('\n')));
  return zone;
}

std::shared_ptr<const TimeZone> ZoneFile::load(const std::string& name,
                                               const std::string& directory) {
  const bool safe = !name.empty() && name.front() != '/' && name.find("..") == std::string::npos &&
                    name.find('\0') == std::string::npos;
  if (!safe) return nullptr;
  const auto path = std::filesystem::path(directory) / name;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return nullptr;
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return read(name, bytes);
}

}  // namespace millrace
