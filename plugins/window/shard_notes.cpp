#include "plugins/window/shard_notes.hpp"

#include <algorithm>

#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

constexpr std::string_view emitted_key = "\2emitted";

}  // namespace

ShardNotes::ShardNotes(const State& state, const std::string& layout)
    : state_(state), layout_(state, layout) {
  const Key key = note_key(emitted_key);
  mr_str value{};
  state_.get(1, &key, &value);
  if (value.data != nullptr) emitted_up_to_ = load_value<int64_t>(value.data);
}

int64_t ShardNotes::final_from(const Round& round) const {
  constexpr int64_t first = std::numeric_limits<int64_t>::min();
  const int64_t from = emitted_up_to_ ? *emitted_up_to_ + 1 : first;
  if (!round.wants(Port::all) || round.late_before == first) return from;
  return std::max(from, round.late_before + 1);
}

void ShardNotes::set_emitted_up_to(std::optional<int64_t> time) {
  if (time == emitted_up_to_) return;
  emitted_up_to_ = time;
  const Key key = note_key(emitted_key);
  if (time) {
    char text[sizeof(int64_t)];
    store_value(text, *time);
    const mr_str value = str(std::string_view(text, sizeof text));
    state_.put(1, &key, &value);
  } else {
    state_.erase(1, &key);
  }
}

}  // namespace millrace::window
