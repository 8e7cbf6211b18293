#pragma once
#include <memory>
#include <string>
#include <vector>

#include "millrace/key_codec.hpp"
#include "millrace/settings.hpp"
#include "millrace/state_layout.hpp"
#include "millrace/transform.hpp"

namespace millrace::deduplicate {

struct DeduplicateSettings {
  std::vector<Expression> columns;
  bool within_watermark = false;
};

/// How long a key is remembered.
enum class Memory {
  for_ever,
  until_its_time,   // The event time is part of the key: later rows with it are late.
  within_watermark  // The watermark's delay from the event time of the first row on.
};

/// Everything that the tasks of one de-duplication share. Constant once it is made.
struct DuplicatePlan {
  std::vector<Expression> columns;  // Empty: all that are not hidden.
  KeyCodec codec{{}};
  Memory memory = Memory::for_ever;
  int time_column = -1;
  int64_t delay_us = 0;
  std::shared_ptr<const Schema> rows;
  std::shared_ptr<const Schema> partials;
  std::string layout;

  bool watermarked() const { return time_column >= 0; }
};

/// The columns of partials before those of the rows themselves.
enum class PartialColumn : size_t { hash, key, until };
inline constexpr size_t partial_columns = 3;

/// SQL's DISTINCT for a stream: the row that arrived first is the one that stays.
class Deduplicate final : public Transform {
 public:
  Deduplicate(const DeduplicateSettings& settings, const Context& context,
              const std::vector<Stream>& inputs);

  const Binding& binding() const override { return binding_; }
  std::unique_ptr<TransformTask> open() override;
  std::unique_ptr<ShardTask> open_shard(int shard, State state) override;

 private:
  void choose_keys(const Stream& input);
  void choose_memory(const Stream& input, bool within_watermark);
  void describe_partials();

  DuplicatePlan plan_;
  Binding binding_;
};

}  // namespace millrace::deduplicate
