#pragma once
#include <array>
#include <vector>

#include "millrace/transform.hpp"
#include "millrace/true_rows.hpp"

#include "plugins/join/join_plan.hpp"
#include "plugins/join/key_bytes.hpp"
#include "plugins/join/row_codec.hpp"

namespace millrace::join {

/// Finds the rows of a batch that can match something: their columns must not be NULL where the
/// condition compares them, and they must fulfil the conditions on their input alone.
void rows_that_can_match(const JoinPlan& plan, size_t side, const Batch& batch,
                         std::vector<uint32_t>& rows);

/// The front half of a join of streams: drops what is late or of no use, and sends the rest, with
/// its key and the watermark at which it leaves, to the shard of its key.
class JoinFront final : public TransformTask {
 public:
  explicit JoinFront(const JoinPlan& plan);

  void begin(const Round& round) override { late_before_ = round.late_before; }
  void process(int input, const Batch& batch, const Outputs& outputs) override;

 private:
  void drop_late(size_t side, const Batch& batch, const Outputs& outputs);
  void send(size_t side, const Batch& rows, const Outputs& outputs);
  void find_buckets(size_t side, const Batch& rows, std::span<const Column> keys);

  const JoinPlan* plan_;
  std::shared_ptr<const Schema> partials_;
  std::array<RowCodec, 2> codecs_;
  std::vector<bool> null_safe_;
  int64_t late_before_ = 0;
  KeyBytes keys_;
  std::vector<uint32_t> kept_;
  std::vector<uint32_t> fulfilling_;
  std::vector<int64_t> buckets_;
};

}  // namespace millrace::join
