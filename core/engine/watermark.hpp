#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/plan/plan.hpp"

namespace millrace {

/// What the planner knows of a partition; see SourcePartition.
struct PartitionPresence {
  std::string partition;
  bool caught_up = true;  ///< everything that is there has been read
  bool never_had_records = false;
};

/// One partition as a watermark sees it.
struct PartitionTime {
  std::optional<int64_t> max;  ///< greatest event time, whole milliseconds
  int64_t active_us = 0;       ///< when it last had rows, by the engine's clock
  bool caught_up = true;
  bool idle = false;  ///< does not hold the watermark back
};

/// Event time of the whole pipeline between epochs. A declared watermark is its greatest event time
/// minus the delay, per partition and then over partitions; a stateful transform goes by those that
/// reach it. Watermarks start at 1970, as Spark's do, and never go back.
class WatermarkTracker {
 public:
  explicit WatermarkTracker(const Plan& plan);

  // Between epochs, on the planner's thread.
  void saw(size_t watermark, const std::string& partition, int64_t max, int64_t now_us);
  /// All partitions that the source has now; nothing is known of a source that lists none.
  void present(size_t watermark, const std::vector<PartitionPresence>& partitions, int64_t now_us);
  /// Works out every declared watermark anew.
  void advance(int64_t now_us);

  /// Of a declared watermark.
  int64_t declared(size_t watermark) const { return states_[watermark].watermark; }
  /// Over several declared ones, by the pipeline's policy; none: nothing is declared.
  std::optional<int64_t> over(const std::set<size_t>& watermarks) const;
  const std::map<std::string, PartitionTime>& partitions(size_t watermark) const {
    return states_[watermark].partitions;
  }

  std::string save() const;
  void restore(const std::string& json);

 private:
  struct State {
    int64_t watermark = 0;
    std::map<std::string, PartitionTime> partitions;
  };

  std::optional<int64_t> slowest(const DeclaredWatermark& declared, State& state,
                                 int64_t now_us) const;

  const Plan& plan_;
  std::vector<State> states_;
};

}  // namespace millrace
