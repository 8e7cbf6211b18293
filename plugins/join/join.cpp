#include "plugins/join/join.hpp"

#include <algorithm>

#include "plugins/join/join_front.hpp"
#include "plugins/join/join_shard.hpp"
#include "plugins/join/partials.hpp"
#include "plugins/join/table_join.hpp"

namespace millrace::join {

Join::Join(JoinSettings settings, const Context&, const std::vector<Stream>& inputs)
    : plan_(std::move(settings), inputs),
      with_table_(std::any_of(inputs.begin(), inputs.end(),
                              [](const auto& input) { return input.is_table; })) {
  if (with_table_)
    check_table(plan_, inputs);
  else
    check_streams(plan_, inputs);
  binding_.rows = *plan_.rows;
  binding_.time_column = plan_.time_column;
  binding_.time_kind = plan_.time_kind;
  binding_.other_time_column = plan_.other_time_column;
  binding_.reads_all_columns = true;
  for (size_t side = 0; side < 2; ++side)
    if (plan_.inputs[side].droppable) binding_.droppable_inputs |= 1U << side;
  if (!with_table_) bind_streams();
}

void Join::bind_streams() {
  binding_.partials = partial_schema();
  binding_.keyed = true;
  binding_.uses_watermark = plan_.evicts();
  binding_.output_delay_us = plan_.output_delay_us;
  binding_.modes = MR_MODE_APPEND;
  binding_.refusals[1] =
      "a join of two streams puts out each row once and never changes it; use output_mode = "
      "\"append\"";
  binding_.refusals[2] =
      "a join of two streams keeps no result that could come out whole; use output_mode = "
      "\"append\", or aggregate what it puts out";
}

std::unique_ptr<TransformTask> Join::open() {
  if (with_table_) return std::make_unique<TableJoin>(plan_, table_);
  return std::make_unique<JoinFront>(plan_);
}

std::unique_ptr<ShardTask> Join::open_shard(int, State state) {
  return std::make_unique<JoinShard>(plan_, state);
}

void Join::load_table(int, const Batch& rows) {
  table_ = std::make_shared<const TableIndex>(plan_, rows);
}

}  // namespace millrace::join
