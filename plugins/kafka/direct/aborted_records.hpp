#pragma once
#include <set>
#include <vector>

#include "plugins/kafka/direct/fetch_protocol.hpp"
#include "plugins/kafka/direct/record_batch.hpp"

namespace millrace::kafka {

/// Tells which batches of an answer belong to transactions that were not committed, for readers of
/// what is (KIP-98).
class AbortedRecords {
 public:
  AbortedRecords() = default;
  /// What an answer says, of which all batches are shown to hides(), in order.
  explicit AbortedRecords(std::vector<AbortedTransaction> transactions);

  /// Whether the records of a batch must not be seen. Throws Malformed.
  bool hides(const RecordBatch& batch);

 private:
  std::vector<AbortedTransaction> ahead_;  // Those that begin last are first.
  std::set<int64_t> open_;                 // By producer.
};

}  // namespace millrace::kafka
