#include "core/config/duration.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

namespace millrace {
namespace {

constexpr std::string_view spelling = "write for example \"10 seconds\", \"1 minute 30 seconds\"";
constexpr std::int64_t month_us = 31LL * 24 * 3600 * 1'000'000;

struct Unit {
  std::string_view name;  // singular
  std::array<std::string_view, 3> short_names;
  std::int64_t microseconds = 0;
  std::int64_t months = 0;
};

constexpr Unit units[] = {
    {"year", {}, 0, 12},
    {"month", {}, 0, 1},
    {"week", {"w"}, 7LL * 24 * 3600 * 1'000'000, 0},
    {"day", {"d"}, 24LL * 3600 * 1'000'000, 0},
    {"hour", {"h"}, 3600LL * 1'000'000, 0},
    {"minute", {"m", "min", "mins"}, 60LL * 1'000'000, 0},
    {"second", {"s", "sec", "secs"}, 1'000'000, 0},
    {"millisecond", {"ms"}, 1'000, 0},
    {"microsecond", {"us"}, 1, 0},
};

bool is_letter(char letter) { return std::isalpha(static_cast<unsigned char>(letter)) != 0; }
bool is_space(char letter) { return letter == ' ' || letter == '\t'; }

const Unit* find_unit(std::string_view word) {
  std::string lower;
  for (const char letter : word) {
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  for (const Unit& unit : units) {
    if (lower == unit.name || lower == std::string(unit.name) + 's') return &unit;
    for (const std::string_view name : unit.short_names) {
      if (!name.empty() && lower == name) return &unit;
    }
  }
  return nullptr;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  ParsedDuration read() {
    skip_spaces();
    if (rest().empty()) return fail("the duration is empty");
    while (!rest().empty()) {
      if (std::optional<std::string> problem = read_part()) return fail(*problem);
      skip_spaces();
    }
    return {total_, {}};
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  static ParsedDuration fail(const std::string& problem) {
    return {std::nullopt, problem + "; " + std::string(spelling)};
  }

  /// A number and its unit; says what is wrong with them.
  std::optional<std::string> read_part() {
    const bool negative = text_[at_] == '-';
    if (negative || text_[at_] == '+') ++at_;
    skip_spaces();
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0)) ++at_;
    const std::string_view whole = text_.substr(begin, at_ - begin);
    std::string_view fraction;
    if (at_ < text_.size() && text_[at_] == '.') {
      const std::size_t from = ++at_;
      while (at_ < text_.size() && (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0))
        ++at_;
      fraction = text_.substr(from, at_ - from);
    }
    if (whole.empty() && fraction.empty()) return "a number is missing before its unit";
    const std::string number(text_.substr(begin, at_ - begin));
    skip_spaces();
    const std::size_t unit_begin = at_;
    while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
    const std::string word(text_.substr(unit_begin, at_ - unit_begin));
    if (word.empty()) {
      if (at_ < text_.size()) return "`" + std::string(rest()) + "` is not a unit of time";
      return "`" + number + "` has no unit";
    }
    const Unit* unit = find_unit(word);
    if (unit == nullptr) return "`" + word + "` is not a unit of time";
    return add(whole, fraction, *unit, negative);
  }

  std::optional<std::string> add(std::string_view whole, std::string_view fraction,
                                 const Unit& unit, bool negative) {
    std::int64_t count = 0;
    const auto parsed = std::from_chars(whole.data(), whole.data() + whole.size(), count);
    if (parsed.ec == std::errc::result_out_of_range) return "the duration is too long";
    const bool has_fraction = fraction.find_first_not_of('0') != std::string_view::npos;
    if (unit.months != 0 && has_fraction) return "a part of a month has no fixed length";
    std::int64_t part = 0;
    bool overflows = __builtin_mul_overflow(count, unit.months + unit.microseconds, &part);
    if (has_fraction) {
      const std::optional<std::int64_t> extra = fraction_us(fraction, unit.microseconds);
      if (!extra) return "the duration is finer than a microsecond";
      overflows = overflows || __builtin_add_overflow(part, *extra, &part);
    }
    std::int64_t& target = unit.months != 0 ? total_.months : total_.microseconds;
    overflows = overflows || __builtin_add_overflow(target, negative ? -part : part, &target);
    constexpr std::int64_t months_max = std::numeric_limits<std::int64_t>::max() / month_us / 2;
    const bool too_many_months = std::abs(total_.months) > months_max;
    constexpr std::int64_t rest_max = std::numeric_limits<std::int64_t>::max() / 2;
    if (overflows || too_many_months || std::abs(total_.microseconds) > rest_max) {
      return "the duration is too long";
    }
    return std::nullopt;
  }

  /// The digits after the point in microseconds; nothing if that is no whole number.
  static std::optional<std::int64_t> fraction_us(std::string_view fraction, std::int64_t unit_us) {
    while (fraction.back() == '0') fraction.remove_suffix(1);
    if (fraction.size() > 12) return std::nullopt;  // finer than a microsecond in any unit
    std::int64_t digits = 0;
    std::int64_t scale = 1;
    for (const char digit : fraction) {
      digits = digits * 10 + (digit - '0');
      scale *= 10;
    }
    __extension__ using Wide = __int128;
    const Wide product = static_cast<Wide>(digits) * unit_us;
    if (product % scale != 0) return std::nullopt;
    return static_cast<std::int64_t>(product / scale);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  CalendarDuration total_;
};

}  // namespace

std::int64_t CalendarDuration::total_us() const { return months * month_us + microseconds; }

ParsedDuration parse_duration(std::string_view text) { return Reader(text).read(); }

std::string format_duration(const CalendarDuration& duration) {
  std::string result;
  const auto append = [&](std::int64_t count, std::string_view name) {
    if (count == 0) return;
    if (!result.empty()) result += ' ';
    result += std::to_string(count) + ' ' + std::string(name);
    if (count != 1 && count != -1) result += 's';
  };
  append(duration.months, "month");
  std::int64_t rest = duration.microseconds;
  for (const Unit& unit : units) {
    if (unit.months != 0 || unit.name == "week") continue;
    append(rest / unit.microseconds, unit.name);
    rest %= unit.microseconds;
  }
  return result.empty() ? "0 seconds" : result;
}

std::string format_duration_us(std::int64_t microseconds) {
  return format_duration({0, microseconds});
}

}  // namespace millrace
