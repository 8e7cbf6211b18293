#pragma once
#include <memory>
#include <string>
#include <vector>

#include "millrace/source.hpp"

#include "plugins/kafka/cluster.hpp"
#include "plugins/kafka/data_loss.hpp"
#include "plugins/kafka/fetcher_pool.hpp"
#include "plugins/kafka/record_rows.hpp"

namespace millrace::kafka {

/// What the readers of a source share.
struct ReaderParts {
  FetcherPool& fetchers;
  Cluster& cluster;
  DataLoss data_loss;
  Context context;
  int64_t poll_timeout_us;
};

/// Reads the records of one partition from one offset to another.
class RangeReader final : public Reader {
 public:
  RangeReader(const ReaderParts& parts, const Range& range, const std::vector<int>& columns);
  ~RangeReader() override;
  RangeReader(const RangeReader&) = delete;
  RangeReader& operator=(const RangeReader&) = delete;

  Read read(int64_t timeout_us, Batch& rows) override;

 private:
  Fetch fetch(int64_t timeout_us);
  void skip_lost();
  void check_patience();

  ReaderParts parts_;
  TopicPartition partition_;
  int64_t end_;
  int64_t last_progress_us_;
  bool at_end_;
  RecordRows rows_;
  std::unique_ptr<Fetcher> fetcher_;  // Null once it broke, or if there is nothing to read.
};

}  // namespace millrace::kafka
