#include "plugins/kafka/range_reader.hpp"

#include <algorithm>

namespace millrace::kafka {

RangeReader::RangeReader(const ReaderParts& parts, const Range& range,
                         const std::vector<int>& columns)
    : parts_(parts),
      partition_(parse_partition_name(range.partition)),
      end_(range.end),
      last_progress_us_(parts.context.now_us()),
      at_end_(range.start >= range.end),
      rows_(columns, partition_.topic, partition_.partition) {
  if (at_end_) return;
  fetcher_ = parts_.fetchers.take(partition_);
  try {
    fetcher_->seek(range.start);
  } catch (...) {
    parts_.fetchers.discard(partition_);
    throw;
  }
}

RangeReader::~RangeReader() {
  if (fetcher_) parts_.fetchers.give_back(partition_, std::move(fetcher_));
}

Fetch RangeReader::fetch(int64_t timeout_us) {
  if (!fetcher_)
    throw Error::external("reading partition " +
                          partition_name(partition_.topic, partition_.partition) +
                          " has failed before");
  try {
    return fetcher_->fetch(end_, timeout_us, rows_);
  } catch (...) {
    fetcher_.reset();
    parts_.fetchers.discard(partition_);
    throw;
  }
}

Read RangeReader::read(int64_t timeout_us, Batch& rows) {
  if (at_end_) return Read::end;
  switch (fetch(timeout_us)) {
    case Fetch::rows:
      last_progress_us_ = parts_.context.now_us();
      rows = rows_.take();
      return Read::rows;
    case Fetch::end:
      at_end_ = true;
      return Read::end;
    case Fetch::out_of_range:
      skip_lost();
      return at_end_ ? Read::end : Read::idle;
    case Fetch::idle:
      break;
  }
  check_patience();
  return Read::idle;
}

// The records were there when the epoch was planned and are gone by now.
void RangeReader::skip_lost() {
  const Offsets self{{partition_.topic, {{partition_.partition, 0}}}};
  const auto first = parts_.cluster.beginnings(self)[partition_.topic][partition_.partition];
  const auto end = parts_.cluster.ends(self)[partition_.topic][partition_.partition];
  const auto wanted = fetcher_->position();
  parts_.data_loss.report("partition " + partition_name(partition_.topic, partition_.partition) +
                          " has no offset " + std::to_string(wanted) + ", it has offsets " +
                          std::to_string(first) + " to " + std::to_string(end));
  if (first <= wanted || first >= end_)
    at_end_ = true;
  else
    fetcher_->seek(first);
}

void RangeReader::check_patience() {
  const auto waited = parts_.context.now_us() - last_progress_us_;
  if (waited < parts_.poll_timeout_us) return;
  throw Error::external(
      "Kafka at " + parts_.cluster.brokers() + ": nothing came from partition " +
      partition_name(partition_.topic, partition_.partition) + " at offset " +
      std::to_string(fetcher_->position()) + " for " + std::to_string(waited / 1'000'000) +
      " seconds (poll_timeout), though there are records up to offset " + std::to_string(end_));
}

}  // namespace millrace::kafka
