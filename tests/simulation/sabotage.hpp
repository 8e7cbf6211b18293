#pragma once
#include <cstdint>

namespace millrace::simulation {

/// Ports that are broken on purpose, to prove that the simulation notices.
enum class Sabotage : uint8_t {
  none,
  sync_does_nothing,     ///< the disk says "durable" and is not
  marker_before_fence,   ///< the broker is asked what it decided before it is fenced
  producer_is_kept,      ///< one producer for all transactions: a late request ends a later one
  prepared_rows_vanish,  ///< a sink forgets at its restart what it prepared
};

}  // namespace millrace::simulation
