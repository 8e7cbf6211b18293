#include "core/observe/number_text.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace millrace::observe {
namespace {

template <class... Values>
std::string print(const char* format, Values... values) {
  std::array<char, 96> text{};
  const int length = std::snprintf(text.data(), text.size(), format, values...);
  return {text.data(), static_cast<size_t>(length)};
}

}  // namespace

std::string to_iso_time(int64_t time_us) {
  using std::chrono::floor;
  using std::chrono::hh_mm_ss;
  using std::chrono::microseconds;
  using std::chrono::milliseconds;
  const std::chrono::sys_time<microseconds> time{microseconds(time_us)};
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const hh_mm_ss clock(floor<milliseconds>(time - day));
  return print("%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int(date.year()), unsigned(date.month()),
               unsigned(date.day()), int(clock.hours().count()), int(clock.minutes().count()),
               int(clock.seconds().count()), int(clock.subseconds().count()));
}

std::string count_text(int64_t count) {
  std::string text = std::to_string(count);
  const size_t first_digit = count < 0 ? 1 : 0;
  for (size_t end = text.size(); end > first_digit + 3;) {
    end -= 3;
    text.insert(end, " ");
  }
  return text;
}

std::string short_count_text(double count) {
  constexpr std::array units = {"", " k", " M", " G", " T"};
  size_t unit = 0;
  // 999.5 would be printed as "1000".
  while (std::abs(count) >= 999.5 && unit + 1 < units.size()) {
    count /= 1000;
    ++unit;
  }
  const bool whole = unit == 0 && count == std::floor(count);
  return print(whole ? "%.0f%s" : "%.3g%s", count, units[unit]);
}

std::string bytes_text(int64_t bytes) {
  constexpr std::array units = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  size_t unit = 0;
  while (size >= 1024 && unit + 1 < units.size()) {
    size /= 1024;
    ++unit;
  }
  return print(unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
}

std::string duration_text(int64_t duration_us) {
  const double seconds = static_cast<double>(duration_us) / 1e6;
  const double size = std::abs(seconds);
  if (size < 0.0995) return print("%.3g ms", seconds * 1e3);
  if (size < 10) return print("%.2f s", seconds);
  if (size < 120) return print("%.1f s", seconds);
  const int64_t minutes = duration_us / 60'000'000;
  if (size < 7200) return print("%lld min", static_cast<long long>(minutes));
  return print("%lld h %lld min", static_cast<long long>(minutes / 60),
               static_cast<long long>(std::abs(minutes % 60)));
}

}  // namespace millrace::observe
