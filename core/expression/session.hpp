#pragma once
#include <memory>

#include "core/expression/time_zone.hpp"

namespace millrace {

/// What expressions mean beyond their text, ready for use.
struct Session {
  bool ansi = true;
  std::shared_ptr<const TimeZone> zone;  // Shared by all programs of a pipeline.
};

}  // namespace millrace
