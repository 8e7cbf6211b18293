#pragma once
#include <array>
#include <string_view>
#include <vector>

#include "millrace/transform.hpp"

#include "plugins/join/join_plan.hpp"
#include "plugins/join/pair_rows.hpp"
#include "plugins/join/row_codec.hpp"
#include "plugins/join/row_index.hpp"

namespace millrace::join {

/// The back half of a join of streams. In the store
///   (watermark at which it leaves, side and slot)     -> a kept row, see join_shard.cpp
///   (the same, side and slot, marked)                 -> nothing: the row has matched since
/// so that rows leave bucket by bucket and a match costs a few bytes. An index in memory, made anew
/// from the store at start, finds the rows of a key.
///
/// A round joins like Spark: the new left rows with the right rows that are kept, then the new
/// right rows with all left rows; then rows leave, and those of a preserved side that never matched
/// come out.
class JoinShard final : public ShardTask {
 public:
  JoinShard(const JoinPlan& plan, State state);

  void merge(const Batch& partials, const Round& round) override;
  void finish(const Round& round, const Outputs& outputs) override;

 private:
  /// A row of this round.
  struct Arrival {
    uint64_t hash;
    int64_t bucket;
    std::string_view key;
    const char* row;
    size_t row_size;
    int32_t flags;
    bool matched;
  };
  struct Candidate {
    uint32_t arrival;
    uint32_t slot;
  };

  void load();
  void note_layout();
  void join(size_t side, const Outputs& outputs);
  void join_candidates(size_t side, const Outputs& outputs);
  void take_match(size_t side, const Candidate& candidate);
  void keep(size_t side, const Outputs& outputs);
  void put_out_unmatched(size_t side, const Outputs& outputs);
  void mark_matches(const Outputs& outputs);
  void leave(int64_t watermark, const Outputs& outputs);

  const JoinPlan* plan_;
  State state_;
  std::array<RowCodec, 2> codecs_;
  PairCondition condition_;
  PairRows output_;
  std::array<RowIndex, 2> kept_;
  uint64_t next_sequence_ = 0;
  bool layout_noted_ = false;

  // Of this round.
  std::vector<Batch> batches_;
  std::array<std::vector<Arrival>, 2> arrivals_;
  std::array<std::vector<uint32_t>, 2> newly_matched_;  // Slots.
  std::vector<Candidate> candidates_;
  std::vector<Candidate> equal_;
  std::vector<uint32_t> fulfilling_;
  std::vector<Key> keys_;
  std::vector<mr_str> values_;
  Buffer<char> key_bytes_;
  Pairs pairs_;
  Pairs found_;
};

}  // namespace millrace::join
