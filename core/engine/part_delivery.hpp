#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/engine/counts.hpp"
#include "core/engine/delivery_rows.hpp"
#include "core/engine/retry_pause.hpp"
#include "core/plan/plan.hpp"
#include "core/plugin/sink_handle.hpp"

namespace millrace {

/// Gives one partition of a sink its rows of an epoch: tries again what may pass, and finds the
/// rows that the sink refuses, so that it gets all the others.
///
/// An attempt is open, the rows, and close. One that fails is given up, close(cause), and nothing
/// of it counts. A sink that recognises epochs is given an epoch as a whole, so a row that it
/// refuses is left out of the next attempt at all of it. Any other gets what it does not refuse in
/// pieces, none of them again without need.
class PartDelivery {
 public:
  using Refused = std::map<uint64_t, RefusedRow>;
  /// Makes what is refused durable, before an attempt without it may succeed.
  using Note = std::function<void(const Refused& refused)>;

  /// `refused` is what an earlier delivery of the same rows found out.
  PartDelivery(const PlannedNode& node, WriterHandle& writer, const DeliveryRows& rows,
               int64_t epoch, Refused refused, RetryPause pause);

  /// Throws what cannot be tried again, or was tried as often as it may be.
  void run(const Note& note);

  const Refused& refused() const { return refused_; }
  const NodeCounts& counts() const { return counts_; }

 private:
  /// An error that is some row's fault, as far as it is known which.
  struct Fault {
    Error error;
    std::optional<uint64_t> row;
    RowSelection among;  ///< the rows that were being written; none where it came from close
    uint32_t attempt = 1;
  };

  void give_whole(const Note& note);
  void give_pieces(uint64_t begin, uint64_t end);
  std::optional<Fault> attempt(const RowSelection& selection);
  std::optional<Fault> attempt_once(const RowSelection& selection, uint32_t number);
  void write(const RowSelection& selection, RowSelection& among, NodeCounts& counts);
  bool refuses(const RowSelection& selection);
  uint64_t search(const Fault& fault);
  void refuse(uint64_t row, const Fault& fault);
  uint64_t count(const RowSelection& selection) const;
  uint64_t nth(const RowSelection& selection, int64_t number) const;
  RowSelection rest(uint64_t begin, uint64_t end) const { return {begin, end, &left_out_, false}; }
  Error within_epoch(const Fault& fault) const;

  const PlannedNode& node_;
  WriterHandle& writer_;
  const DeliveryRows& rows_;
  const int64_t epoch_;
  const bool whole_;
  Refused refused_;
  std::set<uint64_t> left_out_;  // the rows of refused_
  RetryPause pause_;
  NodeCounts counts_;
};

}  // namespace millrace
