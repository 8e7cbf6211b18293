#include "core/config/byte_size.hpp"

#include <cctype>
#include <charconv>
#include <cmath>

namespace millrace {
namespace {

constexpr std::string_view spelling = "write for example \"64 MiB\", \"10 MB\", \"512 bytes\"";

struct Unit {
  std::string_view name;
  std::int64_t bytes;
};

constexpr Unit units[] = {
    {"b", 1},
    {"byte", 1},
    {"bytes", 1},
    {"kb", 1000},
    {"mb", 1000LL * 1000},
    {"gb", 1000LL * 1000 * 1000},
    {"tb", 1000LL * 1000 * 1000 * 1000},
    {"kib", 1LL << 10},
    {"mib", 1LL << 20},
    {"gib", 1LL << 30},
    {"tib", 1LL << 40},
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

ParsedByteSize fail(const std::string& problem) {
  return {std::nullopt, problem + "; " + std::string(spelling)};
}

}  // namespace

ParsedByteSize parse_byte_size(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return fail("the size is empty");
  if (text.front() == '-') return fail("a size cannot be negative");
  const std::size_t number_end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string number(text.substr(0, number_end));
  double count = 0;
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), count);
  if (number.empty() || parsed.ec != std::errc() || parsed.ptr != number.data() + number.size()) {
    return fail("`" + std::string(text) + "` does not begin with a number");
  }
  std::string word;
  for (const char letter : trimmed(text.substr(number_end))) {
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  if (word.empty()) return fail("`" + number + "` has no unit");
  for (const Unit& unit : units) {
    if (word != unit.name) continue;
    const double bytes = count * static_cast<double>(unit.bytes);
    if (bytes > 9.0e18) return fail("the size is too large");
    return {static_cast<std::int64_t>(std::llround(bytes)), {}};
  }
  return fail("`" + std::string(trimmed(text.substr(number_end))) + "` is not a unit of size");
}

std::string format_byte_size(std::int64_t bytes) {
  constexpr struct {
    std::string_view name;
    std::int64_t bytes;
  } binary[] = {{"TiB", 1LL << 40}, {"GiB", 1LL << 30}, {"MiB", 1LL << 20}, {"KiB", 1LL << 10}};
  for (const auto& unit : binary) {
    if (bytes != 0 && bytes % unit.bytes == 0) {
      return std::to_string(bytes / unit.bytes) + ' ' + std::string(unit.name);
    }
  }
  return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

}  // namespace millrace
