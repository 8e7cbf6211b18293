#pragma once
#include <optional>
#include <string>

#include "plugins/kafka/cluster.hpp"
#include "plugins/kafka/offsets.hpp"

namespace millrace::kafka {

struct StartingSettings {
  std::string offsets = "latest";
  std::string timestamp;
  std::string offsets_by_timestamp;
};

/// Where a pipeline without a checkpoint begins.
class StartingPoint {
 public:
  /// Throws Error::user about the option at fault.
  StartingPoint(const StartingSettings& settings, const Subscription& subscription);

  /// The offset of every partition of `ends` to begin with. A partition that the configuration does
  /// not speak of, where it speaks of partitions, is an error, as in Spark.
  Offsets resolve(Cluster& cluster, const Offsets& ends) const;

 private:
  enum class Kind { earliest, latest, offsets, timestamps, one_timestamp };
  Offsets resolve_offsets(Cluster& cluster, const Offsets& ends) const;
  void check_complete(const Offsets& ends) const;

  Kind kind_ = Kind::latest;
  std::string option_ = "starting_offsets";
  Offsets given_;
  int64_t timestamp_ms_ = 0;
};

}  // namespace millrace::kafka
