#include "core/engine/delivery_rows.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "millrace/gather.hpp"

namespace millrace {
namespace {

// Hands over what is selected of a batch whose first row has the number `first`.
void take_selected(const Batch& rows, const Column* payloads, uint64_t first,
                   const RowSelection& selection, const DeliveryRows::Take& take) {
  if (selection.contains_all(first, first + static_cast<uint64_t>(rows.size())))
    return rows.empty() ? void() : take(rows, payloads, first);
  std::vector<uint32_t> selected;
  const auto end =
      std::min(selection.end - std::min(first, selection.end), static_cast<uint64_t>(rows.size()));
  for (auto i = selection.begin - std::min(first, selection.begin); i < end; ++i)
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
  const auto give = [&] {
    take_selected(last_.rows, last_.payloads ? &*last_.payloads : nullptr, last_first_, selection,
                  take);
  };
  if (selection.begin >= last_first_ &&
      selection.end <= last_first_ + static_cast<uint64_t>(last_.rows.size()))
    return give();
  outbox_.read_rows(address_, selection.begin, selection.end,
                    [&](std::string_view record, uint64_t first) {
                      last_ = read_kept(record, schema_);
                      last_first_ = first;
                      give();
                    });
}

void RowsInHand::read(const RowSelection& selection, const Take& take) const {
  take_selected(rows_, payloads_ ? &*payloads_ : nullptr, 0, selection, take);
}

}  // namespace millrace
