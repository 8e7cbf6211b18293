#include "plugins/kafka/direct/records_at_hand.hpp"

#include <algorithm>
#include <utility>

#include "plugins/kafka/direct/unpack.hpp"

namespace millrace::kafka {
namespace {

// More than this in one batch is taken for a fault: brokers take batches of 1 MiB unless told.
constexpr size_t unpacked_bytes_max = 512 << 20;

// Where the last whole batch ends.
int64_t end_of(std::string_view batches, int64_t offset) {
  while (const auto batch = front_batch(batches)) {
    offset = std::max(offset, batch->next_offset);
    batches.remove_prefix(batch->size);
  }
  return offset;
}

}  // namespace

void RecordsAtHand::take(FetchAnswer answer, int64_t offset) {
  forget();
  const auto end = end_of(answer.batches, offset);
  if (end == offset && !answer.batches.empty())
    throw Malformed("it holds no whole batch from there on");
  end_ = end;
  batches_ = answer.batches;
  aborted_ = AbortedRecords(std::move(answer.aborted));
}

void RecordsAtHand::forget() {
  end_ = -1;
  batches_ = {};
  batch_end_ = -1;
  records_ = {};
  has_record_ = false;
}

void RecordsAtHand::hand_out(int64_t end, RecordRows& rows, Progress& progress) {
  do {
    while (has_record_ || records_.next(record_)) {
      has_record_ = record_.offset >= end;
      if (has_record_) {
        progress.position = std::max(progress.position, end);
        return;
      }
      if (record_.offset < progress.position) continue;  // Its batch began before.
      rows.append(record_);
      progress = {record_.offset + 1, record_.offset + 1};
      if (rows.full()) return;
    }
    progress.position = std::max(progress.position, batch_end_);
  } while (open_batch(progress));
}

// Opens the next batch that has records to hand out.
bool RecordsAtHand::open_batch(Progress& progress) {
  while (const auto batch = front_batch(batches_)) {
    batches_.remove_prefix(batch->size);
    batch_end_ = batch->next_offset;
    if (check_crcs_ && !is_intact(*batch))
      throw Malformed("the checksum of the batch at offset " + std::to_string(batch->first_offset) +
                      " does not hold");
    const bool hidden = committed_only_ && aborted_.hides(*batch);
    if (hidden || batch->is_control()) {
      progress.position = std::max(progress.position, batch_end_);
      continue;
    }
    records_ = {*batch, unpack(batch->codec(), batch->records, unpacked_bytes_max, unpacked_)};
    return true;
  }
  batches_ = {};  // What is left is a part of one.
  return false;
}

}  // namespace millrace::kafka
