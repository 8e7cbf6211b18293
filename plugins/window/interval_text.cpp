#include "plugins/window/interval_text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string>

namespace millrace::window {
namespace {

struct Unit {
  std::string_view name;
  int64_t microseconds;
};

constexpr Unit units[] = {
    {"microsecond", 1},        {"us", 1},
    {"millisecond", 1'000},    {"ms", 1'000},
    {"second", 1'000'000},     {"s", 1'000'000},
    {"minute", 60'000'000},    {"min", 60'000'000},
    {"hour", 3'600'000'000},   {"h", 3'600'000'000},
    {"day", 86'400'000'000},   {"d", 86'400'000'000},
    {"week", 604'800'000'000}, {"w", 604'800'000'000},
};

class Words {
 public:
  explicit Words(std::string_view text) : text_(text) { skip_blanks(); }

  bool at_end() const { return text_.empty(); }
  /// A run of letters, or of digits with sign and point; empty if neither is next.
  std::string take(bool letters) {
    size_t size = 0;
    while (size < text_.size() && belongs(text_[size], letters)) ++size;
    std::string word(text_.substr(0, size));
    text_.remove_prefix(size);
    skip_blanks();
    return word;
  }

 private:
  static bool belongs(char letter, bool letters) {
    const auto code = static_cast<unsigned char>(letter);
    if (letters) return std::isalpha(code) != 0;
    return std::isdigit(code) != 0 || letter == '-' || letter == '+' || letter == '.';
  }
  void skip_blanks() {
    while (!text_.empty() && std::isspace(static_cast<unsigned char>(text_[0])) != 0)
      text_.remove_prefix(1);
  }

  std::string_view text_;
};

std::optional<int64_t> unit_of(std::string word) {
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  if (word.size() > 3 && word.ends_with('s')) word.pop_back();
  for (const auto& unit : units)
    if (unit.name == word) return unit.microseconds;
  return std::nullopt;
}

std::optional<double> number_of(std::string_view word) {
  if (word.starts_with('+')) word.remove_prefix(1);
  double value = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty() || read.ec != std::errc() || read.ptr != word.data() + word.size())
    return std::nullopt;
  return value;
}

}  // namespace

std::optional<int64_t> parse_interval(std::string_view text) {
  constexpr double most = 2e18;
  Words words(text);
  std::string first = words.take(true);
  if (!first.empty() && first != "interval" && first != "INTERVAL") return std::nullopt;
  if (words.at_end()) return std::nullopt;
  double total = 0;
  while (!words.at_end()) {
    const auto number = number_of(words.take(false));
    if (!number) return std::nullopt;
    const auto unit = unit_of(words.take(true));
    if (!unit) return std::nullopt;
    total += std::round(*number * static_cast<double>(*unit));
  }
  if (!(std::abs(total) < most)) return std::nullopt;
  return static_cast<int64_t>(total);
}

}  // namespace millrace::window
