#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/checkpoint/decider.hpp"
#include "core/checkpoint/recovery.hpp"

namespace millrace {

// What a restart makes of commit records that somebody else decided on. Pure: the whole decision is
// here, and tests go through every combination.

// A commit record that was found and verified.
struct FoundCommit {
  EpochFileName name;
  std::string hash;
  std::string decider;         // who decides it; empty: the record itself is the decision
  bool known_decided = false;  // something on the disk was written only after the decision
  bool for_sinks = false;      // it keeps rows for sinks that get them once it is decided
  bool delivered = false;      // they have got them
};

// What an operator says of the newest epoch where nothing else can tell.
struct Assumption {
  std::optional<std::uint64_t> committed;
  std::optional<std::uint64_t> aborted;
};

struct Evidence {
  std::optional<std::string> decider;  // that the pipeline has now
  std::optional<Marker> marker;        // that it gave
  std::vector<FoundCommit> newest;   // the records of the newest epoch, one per run that wrote one
  std::vector<FoundCommit> parents;  // those of the epoch before
  Assumption assumption;
};

struct Verdict {
  enum class Kind {
    fresh,         // nothing was committed
    roll_forward,  // the newest epoch is committed
    roll_back,     // the newest epoch was prepared and never decided: it runs again
    refuse,        // what was found cannot belong together; `reason` says what to do
  };

  Kind kind = Kind::fresh;
  std::optional<FoundCommit> base;     // the newest committed epoch
  std::vector<EpochFileName> discard;  // records that were decided against
  bool write_marker = false;           // the decider has to hear of `base` before the next epoch
  bool deliver = false;                // what `base` keeps for sinks is still to be given to them
  std::string remark;                  // what people should know of it
  std::string reason;
};

Verdict judge(const Evidence& evidence);

// The marker that says that this is committed; without a record, that nothing is yet.
Marker marker_of(const std::optional<FoundCommit>& base, const std::string& run);

}  // namespace millrace
