#pragma once
#include <memory>
#include <vector>

#include "millrace/settings.hpp"
#include "millrace/transform.hpp"

#include "plugins/join/join_plan.hpp"
#include "plugins/join/table_index.hpp"

namespace millrace::join {

/// SQL's joins: of two streams, with state, or of a stream and a table, without.
class Join final : public Transform {
 public:
  Join(JoinSettings settings, const Context& context, const std::vector<Stream>& inputs);

  const Binding& binding() const override { return binding_; }
  std::unique_ptr<TransformTask> open() override;
  std::unique_ptr<ShardTask> open_shard(int shard, State state) override;
  void load_table(int input, const Batch& rows) override;

 private:
  void bind_streams();

  JoinPlan plan_;
  bool with_table_;
  std::shared_ptr<const TableIndex> table_;
  Binding binding_;
};

}  // namespace millrace::join
