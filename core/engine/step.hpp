#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "millrace/batch.hpp"

#include "core/engine/counts.hpp"
#include "core/plan/plan.hpp"

namespace millrace {

class OutboxWriter;

/// Which part of its epoch a round is. An epoch is one whole round, or it opens with the watermark,
/// goes on with rounds of rows, and closes.
enum class RoundPart { whole, opening, rows, closing };

/// What a round is about. Constant while it runs.
struct RoundContext {
  RoundPart part = RoundPart::whole;
  int64_t epoch = 0;
  int64_t time_us = 0;             ///< when the epoch was planned
  std::vector<mr_round> rounds;    ///< by node; what a transform is told of the round
  OutboxWriter* outbox = nullptr;  ///< of the epoch, where the plan has sinks that need one
  size_t threads = 1;              ///< that its tasks are spread over

  bool ends_epoch() const { return part == RoundPart::whole || part == RoundPart::closing; }
};

/// One component's part in one lane. Batches fall through steps by plain calls, front to back.
class Step {
 public:
  virtual ~Step() = default;
  virtual void begin(const RoundContext& /*round*/) {}
  virtual void push(const Batch& batch) = 0;
  /// Nothing more comes in this round. Called on writers before their readers.
  virtual void end(const RoundContext& /*round*/) {}
  /// The epoch failed; gives up what begin() started.
  virtual void abandon(const Error& /*cause*/) noexcept {}
};

/// The readers of one output, in one lane.
class Fan {
 public:
  struct Target {
    Step* step;
    std::vector<size_t> columns;           ///< empty: all, as they are
    std::shared_ptr<const Schema> schema;  ///< of the taken columns
  };

  void add(Target target) { targets_.push_back(std::move(target)); }
  bool empty() const { return targets_.empty(); }

  void push(const Batch& batch) const {
    if (batch.empty()) return;
    for (const auto& target : targets_) {
      if (target.columns.empty())
        target.step->push(batch);
      else
        target.step->push(take(batch, target));
    }
  }

 private:
  static Batch take(const Batch& batch, const Target& target) {
    std::vector<Column> columns;
    columns.reserve(target.columns.size());
    for (const auto at : target.columns) columns.push_back(batch.column(at));
    return {target.schema, std::move(columns), batch.size()};
  }

  std::vector<Target> targets_;
};

}  // namespace millrace
