#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace millrace {

/// Damerau-Levenshtein distance (optimal string alignment) in bytes.
std::size_t edit_distance(std::string_view left, std::string_view right);

/// The candidate nearest to `word`, if it is near enough to be meant: at most
/// max(2, length / 3) edits away, and closer than replacing the whole word. Case does not count,
/// and the camelCase form of a snake_case candidate counts as that candidate. The first of equals
/// wins.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// "startingOffsets" -> "starting_offsets".
std::string to_snake_case(std::string_view word);

}  // namespace millrace
