#pragma once
#include <string>
#include <string_view>

#include "millrace/error.hpp"

namespace millrace::window {

/// The first byte of every value in the store: how the rest is to be read.
inline constexpr char state_version = 1;

/// The rest of a value.
inline std::string_view check_version(std::string_view value) {
  if (value.empty() || value[0] != state_version)
    throw Error::user(
        "the checkpoint holds window state of version " +
        std::to_string(value.empty() ? 0 : static_cast<int>(value[0])) + "; this release reads " +
        std::to_string(static_cast<int>(state_version)) +
        ". Finish the pipeline with the release that wrote it, or start with a new `checkpoint` "
        "directory");
  return value.substr(1);
}

}  // namespace millrace::window
