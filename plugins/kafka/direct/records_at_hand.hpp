#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "plugins/kafka/direct/aborted_records.hpp"
#include "plugins/kafka/direct/fetch_protocol.hpp"
#include "plugins/kafka/direct/record_batch.hpp"
#include "plugins/kafka/record_rows.hpp"

namespace millrace::kafka {

/// How far a partition was read.
struct Progress {
  int64_t position = -1;    ///< The next record has this offset or a higher one.
  int64_t handed_out = -1;  ///< The end of what was handed out; no record lies between the two.
};

/// The records of one answer, read where they lie.
class RecordsAtHand {
 public:
  RecordsAtHand(bool committed_only, bool check_crcs)
      : committed_only_(committed_only), check_crcs_(check_crcs) {}

  /// Takes an answer to a question for what lies from `offset` on. Its bytes must stay until
  /// forget(). Throws Malformed, Unsupported.
  void take(FetchAnswer answer, int64_t offset);
  /// The memory of the answer is about to hold another one.
  void forget();
  /// The end of what the answer holds; -1 where there is none.
  int64_t end() const { return end_; }
  /// Whether anything is left of it.
  bool any(const Progress& progress) const { return has_record_ || end_ > progress.position; }

  /// Appends records from the position on, with offsets below `end`, until `rows` is full. Throws
  /// Malformed, Unsupported; all before has been handed out, then.
  void hand_out(int64_t end, RecordRows& rows, Progress& progress);

 private:
  bool open_batch(Progress& progress);

  bool committed_only_;
  bool check_crcs_;
  int64_t end_ = -1;
  std::string_view batches_;  // Those not yet opened.
  AbortedRecords aborted_;
  std::string unpacked_;
  int64_t batch_end_ = -1;  // Of the opened batch.
  RecordCursor records_;
  Record record_;
  bool has_record_ = false;  // It was read but not handed out.
};

}  // namespace millrace::kafka
