#pragma once
#include <cstdint>

#include "millrace/batch.hpp"

#include "core/checkpoint/outbox.hpp"
#include "core/plan/plan.hpp"

namespace millrace {

/// What is noted as refused by the sinks that `reader` reads from, as rows for it.
Batch refused_rows(const Plan& plan, const PlannedNode& reader, const Outbox& outbox,
                   const DeliveryNotes& notes);

}  // namespace millrace
