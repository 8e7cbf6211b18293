#pragma once
#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "millrace/settings.hpp"
#include "millrace/transform.hpp"

#include "plugins/join/join_kind.hpp"

namespace millrace::join {

struct JoinSettings {
  std::string kind = "inner";
  JoinCondition on;
};

/// The time of rows that never leave.
inline constexpr int64_t never = std::numeric_limits<int64_t>::max();

/// One input of a join.
struct JoinInput {
  std::shared_ptr<const Schema> schema;
  std::vector<Expression> keys;
  int time_column = -1;  ///< late rows are known by it; -1: none are
  /// A row leaves when the watermark reaches its time plus this; nothing: it never does.
  std::optional<int64_t> stays_us;
  bool preserved = false;
  bool droppable = false;
};

/// A column of the output. One that both inputs have as a key comes from whichever has a row.
struct JoinColumn {
  size_t side = 0;
  size_t column = 0;
  std::optional<size_t> same_in_right;
};

/// What a join's settings mean for its inputs.
struct JoinPlan {
  JoinPlan(JoinSettings settings, const std::vector<Stream>& streams);

  JoinKind kind;
  JoinCondition on;
  std::array<JoinInput, 2> inputs;
  /// The key that is the event time of an input, or a window of it: by it rows leave.
  std::optional<size_t> time_key;
  std::vector<JoinColumn> columns;
  std::shared_ptr<const Schema> rows;
  int time_column = -1;  ///< of the output
  int other_time_column = -1;
  TimeKind time_kind = TimeKind::of_row;
  int64_t output_delay_us = 0;

  bool evicts() const { return time_key || inputs[0].stays_us || inputs[1].stays_us; }
  /// What state depends on: the checkpoint keeps it to recognise another join.
  std::string layout() const;

 private:
  void find_eviction(const std::vector<Stream>& streams);
  void lay_out(const std::vector<Stream>& streams);
  std::optional<size_t> key_of_both(size_t left, size_t right) const;
};

/// The event time of each row: of a window its end.
const int64_t* event_times(const Column& column);

/// Throws Error::user for what Spark refuses too.
void check_streams(const JoinPlan& plan, const std::vector<Stream>& streams);
void check_table(const JoinPlan& plan, const std::vector<Stream>& streams);

}  // namespace millrace::join
