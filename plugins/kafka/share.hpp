#pragma once
#include "plugins/kafka/offsets.hpp"

namespace millrace::kafka {

/// Cuts what lies between `from` and `until` down to about `limit` records, in proportion to what
/// each partition has, at least one record of each (Spark's maxOffsetsPerTrigger). No limit if 0.
Offsets limited(const Offsets& from, const Offsets& until, int64_t limit);

}  // namespace millrace::kafka
