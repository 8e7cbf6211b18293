#include "core/engine/delivery_rows.hpp"

#include <utility>
#include <vector>

#include "millrace/gather.hpp"

#include "core/engine/kept_rows.hpp"

namespace millrace {
namespace {

// Hands over what is selected of a batch whose first row has the number `first`.
void take_selected(const Batch& rows, const Column* payloads, uint64_t first,
                   const RowSelection& selection, const DeliveryRows::Take& take) {
  if (selection.contains_all(first, first + static_cast<uint64_t>(rows.size())))
    return rows.empty() ? void() : take(rows, payloads, first);
  std::vector<uint32_t> selected;
  for (uint64_t i = 0; i < static_cast<uint64_t>(rows.size()); ++i)
    if (selection.contains(first + i)) selected.push_back(static_cast<uint32_t>(i));
  if (selected.empty()) return;
  if (payloads == nullptr) return take(gather(rows, selected), nullptr, first + selected[0]);
  const auto chosen = gather(*payloads, selected);
  take(gather(rows, selected), &chosen, first + selected[0]);
}

}  // namespace

KeptRows::KeptRows(const Outbox& outbox, OutboxAddress address,
                   std::shared_ptr<const Schema> schema)
    : outbox_(outbox), address_(std::move(address)), schema_(std::move(schema)) {
  const auto parts = outbox.parts();
  if (const auto part = parts.find(address_); part != parts.end()) size_ = part->second.rows;
}

void KeptRows::read(const RowSelection& selection, const Take& take) const {
  uint64_t first = 0;
  outbox_.read(address_, [&](std::string_view record) {
    const auto kept = read_kept(record, schema_);
    if (kept.schema) return;
    take_selected(kept.rows, kept.payloads ? &*kept.payloads : nullptr, first, selection, take);
    first += static_cast<uint64_t>(kept.rows.size());
  });
}

void RowsInHand::read(const RowSelection& selection, const Take& take) const {
  take_selected(rows_, payloads_ ? &*payloads_ : nullptr, 0, selection, take);
}

}  // namespace millrace
