#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/engine/counts.hpp"
#include "core/engine/crash_suspects.hpp"
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
/// refuses is left out of the next attempt at all of it; where there are several they are looked
/// for in attempts that are given up. Any other gets what it does not refuse in pieces, none of
/// them again without need.
class PartDelivery {
 public:
  using Refused = std::map<uint64_t, RefusedRow>;
  /// Makes what is refused durable, before an attempt without it may succeed.
  using Note = std::function<void(const Refused& refused)>;

  struct Part {
    const PlannedNode& node;
    uint32_t partition;
    int64_t epoch;
    const DeliveryRows& rows;
  };

  /// `refused` is what an earlier delivery of the same rows found out.
  PartDelivery(const Part& part, WriterHandle& writer, Refused refused, RetryPause pause);

  /// Processes died of some of the rows: those are given by themselves, or not at all.
  void beware(const CrashSuspects& suspects) { suspects_ = &suspects; }

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

  void leave_out_the_deadly(const Note& note);
  void give_whole(const Note& note);
  void find_refused(const Fault& fault, bool first);
  void sift(uint64_t begin, uint64_t end);
  void give_pieces(uint64_t begin, uint64_t end);
  enum class Purpose { deliver, find_out };
  std::optional<Fault> attempt(const RowSelection& selection, Purpose purpose = Purpose::deliver);
  std::optional<Fault> attempt_once(const RowSelection& selection, uint32_t number,
                                    Purpose purpose);
  void write(const RowSelection& selection, RowSelection& among, NodeCounts& counts);
  void write(const Batch& rows, const Column* payloads, NodeCounts& counts);
  void write_by_pieces(const Batch& rows, const Column* payloads, const RowSelection& among,
                       NodeCounts& counts);
  void note_in_hand(const RowSelection& selection) const;
  uint64_t piece_from(uint64_t row) const;
  void refuse(uint64_t row, const Fault& fault);
  uint64_t count(const RowSelection& selection) const;
  uint64_t nth(const RowSelection& selection, int64_t number) const;
  RowSelection rest(uint64_t begin, uint64_t end) const { return {begin, end, &left_out_, false}; }
  Error within_epoch(const Fault& fault) const;
  Error cannot_be_found(const Fault& fault) const;

  const PlannedNode& node_;
  WriterHandle& writer_;
  const DeliveryRows& rows_;
  const int64_t epoch_;
  const SourceRange place_;  // for CrashSuspects
  const bool whole_;
  const CrashSuspects* suspects_ = nullptr;
  Refused refused_;
  RowNumbers left_out_;  // the rows of refused_
  RetryPause pause_;
  NodeCounts counts_;
};

}  // namespace millrace
