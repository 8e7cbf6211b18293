#pragma once
#include <string>
#include <string_view>

namespace millrace {

/// A line of a configuration as it may be shown: what stands in quotes behind a key that sounds
/// like a password is starred out, character by character, so that columns stay what they are.
/// References such as ${NAME} are kept.
std::string without_secrets(std::string_view line);

}  // namespace millrace
