#pragma once
#include <cstdint>

#include "millrace/context.hpp"

namespace millrace::json {

// What a value of a timestamp column means.
struct TimeRules {
  // Not explicit: the unit alone is enough where the zone is UTC.
  TimeRules(int64_t microseconds_each, SessionZone of_texts = {})
      : unit(microseconds_each), zone(of_texts) {}

  int64_t unit;      // Integers count these many microseconds each.
  SessionZone zone;  // Of texts that name none.
};

}  // namespace millrace::json
