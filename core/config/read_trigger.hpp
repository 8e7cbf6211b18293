#pragma once
#include "core/config/config.hpp"

namespace millrace {

/// Reads "default", "once", "available_now", { processing_time = "2 seconds" } or
/// { continuous = "1 second" }. After a mistake the default trigger is returned.
Trigger read_trigger(const Value& value, Diagnostics& diagnostics);

}  // namespace millrace
