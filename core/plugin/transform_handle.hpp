#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "millrace/arrow.hpp"

#include "core/plugin/component.hpp"

namespace millrace {

/// What a transform reads, as the plan knows it.
struct InputStream {
  std::shared_ptr<const Schema> schema;
  int time_column = -1;  ///< -1: no watermark speaks of this stream
  int32_t time_kind = MR_TIME_OF_ROW;
  int64_t delay_us = 0;
  bool is_table = false;
  int other_time_column = -1;
};

/// What a transform said of itself once it knew its inputs; see mr_binding.
struct TransformBinding {
  std::shared_ptr<const Schema> rows;
  std::shared_ptr<const Schema> partials;
  int time_column = -1;
  int32_t time_kind = MR_TIME_OF_ROW;
  bool keyed = false;
  bool uses_watermark = false;
  uint32_t modes = 0;
  std::array<std::string, 3> refusals;
  bool reads_all_columns = false;
  bool keeps_every_group = false;
  bool single_task = false;
  bool needs_every_column = false;
  int64_t output_delay_us = 0;
  uint32_t droppable_inputs = 0;
  int other_time_column = -1;
  bool joins_ranges = false;
};

/// Takes what a transform puts out.
class TransformOutput {
 public:
  virtual ~TransformOutput() = default;
  virtual void emit(int32_t port, ArrowArray* batch) = 0;
  virtual void count(int32_t what, int64_t rows) = 0;
};

/// A stateless transform or a front half at work. [task]
class TaskHandle {
 public:
  TaskHandle(ComponentParts parts, PluginObject task)
      : parts_(std::move(parts)), task_(std::move(task)) {}
  void begin(const mr_round& round);
  void process(int32_t input, const Batch& batch, TransformOutput& output);
  void end(TransformOutput& output);

 private:
  ComponentParts parts_;
  PluginObject task_;
};

/// The back half of a keyed transform for one shard. [task]
class ShardHandle {
 public:
  ShardHandle(ComponentParts parts, PluginObject half)
      : parts_(std::move(parts)), half_(std::move(half)) {}
  void merge(const Batch& partials, const mr_round& round);
  void finish(const mr_round& round, TransformOutput& output);

 private:
  ComponentParts parts_;
  PluginObject half_;
};

/// A transform of a pipeline, bound to its inputs.
class TransformHandle {
 public:
  TransformHandle(ComponentParts parts, const std::vector<InputStream>& inputs);

  const TransformBinding& binding() const { return binding_; }
  TaskHandle open() const;
  ShardHandle open_shard(int32_t shard, const mr_state& state) const;
  /// [planner] Between rounds: the rows of an input that is a table.
  void load_table(int32_t input, const Batch& rows) const;

 private:
  ComponentParts parts_;
  PluginObject self_{nullptr, [](void*) {}};
  TransformBinding binding_;
};

}  // namespace millrace
