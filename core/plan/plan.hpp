#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/config/config.hpp"
#include "core/expression/program.hpp"
#include "core/plugin/format_handle.hpp"
#include "core/plugin/sink_handle.hpp"
#include "core/plugin/source_handle.hpp"
#include "core/plugin/store_handle.hpp"
#include "core/plugin/transform_handle.hpp"

namespace millrace {

/// The outputs of a component. Sources and stateless transforms have `rows`; a stateful transform
/// has one per output mode; `late` and `dead_letter` are side outputs.
enum class OutputPort { rows, changed, final, all, late, dead_letter };

/// What is known of the rows on an edge.
struct StreamInfo {
  std::shared_ptr<const Schema> schema;
  int time_column = -1;  ///< -1: no watermark speaks of these rows
  int32_t time_kind = MR_TIME_OF_ROW;
  int64_t delay_us = 0;         ///< of the watermark that speaks of it
  std::set<size_t> watermarks;  ///< indexes into Plan::watermarks, those that reach here
  bool below_stateful = false;  ///< its rows come from a stateful transform
  /// How far the watermark that its readers go by stays behind: a join hands on rows whose event
  /// time is older than the watermark it went by itself.
  int64_t behind_us = 0;
  int other_time_column = -1;  ///< another one that the watermarks speak of, behind a join
  bool is_table = false;       ///< no stream: all rows of a table at once
};

/// An input of a component.
struct PlannedInput {
  size_t node = 0;
  OutputPort port = OutputPort::rows;
  /// For each column of the reader its position in the writer's rows; empty: as they are.
  std::vector<size_t> columns;
};

/// A declared watermark, observed on the output of a source or of a stateless transform.
struct DeclaredWatermark {
  size_t node = 0;
  std::string name;  ///< of the component
  int column = 0;
  int64_t delay_us = 0;
  std::optional<int64_t> idle_after_us;
  WatermarkPolicy across = WatermarkPolicy::min;
  /// Rows that fail one of these neither advance the watermark nor go on (move_filters).
  std::vector<std::shared_ptr<const Program>> conditions;
  /// Times further ahead of their epoch's do not advance it.
  std::optional<int64_t> max_ahead_us;
};

struct PlannedFormat {
  ComponentParts parts;
  std::shared_ptr<const Schema> rows;
};

struct SourceNode {
  std::shared_ptr<SourceHandle> handle;
  std::vector<int32_t> columns;  ///< of the handle's schema, that readers put out
  int payload = -1;              ///< position of the payload among them; -1: no format
  std::optional<PlannedFormat> format;
  OnError on_error = OnError::fail;
  std::shared_ptr<const Schema> dead_letters;
};

struct TransformNode {
  std::shared_ptr<TransformHandle> handle;
  std::optional<ComponentParts> store;  ///< of a keyed one: makes a store for each shard
};

struct SinkNode {
  std::shared_ptr<SinkHandle> handle;
  OutputMode mode = OutputMode::append;
  std::optional<PlannedFormat> format;
  bool exactly_once = false;  ///< what it promises, asked or not
  bool in_decision = false;   ///< its rows are in the transaction that decides
  /// It gets the rows of an epoch once that is decided. They are kept with the epoch until then.
  bool outbox = false;
  /// Its rows are what other sinks refuse, and come when those are given an epoch.
  bool reads_refused = false;
  OnError on_error = OnError::fail;
  RetryConfig retry = {};
  std::shared_ptr<const Schema> dead_letters = {};

  /// Whether it prepares and commits with every epoch.
  bool takes_part() const { return handle->transactional() && !reads_refused; }
  /// Whether what decides an epoch decides nothing about it.
  bool is_outside() const { return !in_decision && !takes_part(); }
};

/// A component with its place in the graph.
struct PlannedNode {
  ComponentKind kind = ComponentKind::source;
  std::string name;
  std::string type;
  std::string title;
  std::vector<PlannedInput> inputs;
  std::map<OutputPort, std::vector<size_t>> readers;
  StreamInfo input;  ///< of transforms and sinks: their inputs as one
  /// Of a transform that keeps its inputs apart: each of them. `input` then holds what they have in
  /// common: a time column (of either) where one has, watermarks, what is behind.
  std::vector<StreamInfo> streams;
  StreamInfo output;                ///< of the main output
  std::optional<size_t> watermark;  ///< index of its own
  /// Rows of the main output that fail one of these go no further, though they advance the
  /// watermark (move_filters).
  std::vector<std::shared_ptr<const Program>> conditions;
  /// The declared watermarks that a stateful transform goes by: those of every stream that ends up
  /// in the same sinks, as a Spark query has one watermark.
  std::set<size_t> clock;
  /// MR_MODE_*: what its sinks ask for, directly or through stateless transforms.
  uint32_t modes = 0;

  std::optional<SourceNode> source;
  std::optional<SourceNode> table;  ///< what reads its rows
  std::optional<TransformNode> transform;
  std::optional<SinkNode> sink;

  bool keyed() const { return transform && transform->handle->binding().keyed; }
  bool reads(OutputPort port) const { return readers.contains(port); }
  const StreamInfo& stream(size_t number) const {
    return streams.empty() ? input : streams[number];
  }
};

/// A pipeline that can run. Nodes stand in an order in which inputs come before their readers.
struct Plan {
  Config config;
  std::vector<PlannedNode> nodes;
  std::vector<DeclaredWatermark> watermarks;
  /// The first of the sinks whose transaction decides epochs in the checkpoint's place.
  std::optional<size_t> decider;

  bool has_outbox() const {
    return std::any_of(nodes.begin(), nodes.end(),
                       [](const auto& node) { return node.sink && node.sink->outbox; });
  }
  /// Of the stores of keyed transforms; none without such a transform.
  std::optional<ComponentParts> state_store;
  /// The other types of store that there are, one of which may have written the checkpoint.
  std::vector<ComponentParts> other_stores;
};

uint32_t mode_bit(OutputMode mode);
/// The output of a stateful transform that a sink of that mode reads.
OutputPort port_of(uint32_t mode);

}  // namespace millrace
