#include "core/diagnostics/nearest.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace millrace {
namespace {

bool is_upper(char letter) { return letter >= 'A' && letter <= 'Z'; }
char to_lower(char letter) {
  return is_upper(letter) ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

std::size_t edit_distance(std::string_view left, std::string_view right) {
  const std::size_t width = right.size() + 1;
  std::vector<std::size_t> before(width);
  std::vector<std::size_t> previous(width);
  std::vector<std::size_t> current(width);
  for (std::size_t j = 0; j < width; ++j) previous[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j < width; ++j) {
      const std::size_t changed = left[i - 1] == right[j - 1] ? 0 : 1;
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + changed});
      const bool swapped =
          i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[right.size()];
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  const std::string wanted = to_snake_case(word);
  const std::size_t limit = std::max<std::size_t>(2, wanted.size() / 3);
  std::optional<std::string> best;
  std::size_t best_distance = limit + 1;
  for (const std::string& candidate : candidates) {
    const std::string spelled = to_snake_case(candidate);
    const auto [shorter, longer] = std::minmax({wanted.size(), spelled.size()});
    if (longer - shorter >= best_distance) continue;  // So many edits it takes at least.
    const std::size_t distance = edit_distance(wanted, spelled);
    // Two edits turn any word of two letters into any other: that is no resemblance.
    const bool resembles = distance < std::max(wanted.size(), candidate.size());
    if (resembles && distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string to_snake_case(std::string_view word) {
  std::string result;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool begins_part =
        i > 0 && is_upper(word[i]) && !is_upper(word[i - 1]) && word[i - 1] != '_';
    if (begins_part) result += '_';
    result += to_lower(word[i]);
  }
  return result;
}

}  // namespace millrace
