#include "plugins/kafka/direct/aborted_records.hpp"

#include <algorithm>

namespace millrace::kafka {
namespace {

// What a control batch holds is a single record, whose key says what it marks.
bool marks_abort(const RecordBatch& batch) {
  constexpr int16_t abort = 0;
  Record mark;
  RecordCursor cursor(batch, batch.records);
  if (!cursor.next(mark)) return false;  // Compaction has removed it.
  WireReader key(mark.key);
  key.number<int16_t>();  // Its version.
  return key.number<int16_t>() == abort;
}

}  // namespace

AbortedRecords::AbortedRecords(std::vector<AbortedTransaction> transactions)
    : ahead_(std::move(transactions)) {
  std::sort(ahead_.begin(), ahead_.end(),
            [](const auto& a, const auto& b) { return a.first_offset > b.first_offset; });
}

bool AbortedRecords::hides(const RecordBatch& batch) {
  while (!ahead_.empty() && ahead_.back().first_offset < batch.next_offset) {
    open_.insert(ahead_.back().producer);
    ahead_.pop_back();
  }
  if (open_.empty() || !batch.is_transactional()) return false;
  if (batch.is_control() && marks_abort(batch)) open_.erase(batch.producer);
  return open_.contains(batch.producer);
}

}  // namespace millrace::kafka
