#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "core/plan/plan.hpp"

namespace millrace {

/// Where rows start in a stage: at a source, at the shards of a keyed transform, or where all rows
/// of an epoch come together in front of a component that wants them so.
enum class StageKind { source, shards, gather };

struct StageSpec {
  StageKind kind = StageKind::source;
  size_t node = 0;
  uint32_t mode = 0;  ///< gather: MR_MODE_* of the rows; 0 above any stateful transform
  size_t level = 0;   ///< stages of one level do not feed each other
};

/// A plan cut into stages.
struct StageGraph {
  std::vector<StageSpec> stages;  ///< levels rising
  /// For each sink the stages in which it has writers.
  std::map<size_t, std::vector<size_t>> writers;

  size_t levels() const { return stages.empty() ? 0 : stages.back().level + 1; }
};

StageGraph cut_stages(const Plan& plan);

/// Whether a reader takes the rows that a stateful transform above it puts out for `mode`.
bool takes_mode(const PlannedNode& reader, uint32_t mode);
/// Whether the component wants all rows of an epoch in one lane.
bool wants_gather(const PlannedNode& node);

/// The modes for which a component's main output is asked: {0} above any stateful transform.
std::vector<uint32_t> output_modes(const PlannedNode& node);

}  // namespace millrace
