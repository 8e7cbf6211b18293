#include "plugins/window/shard_notes.hpp"

#include <algorithm>

#include "plugins/window/aggregates/column_values.hpp"
#include "plugins/window/assigners/assigner.hpp"
#include "plugins/window/grouping/key_hash.hpp"

namespace millrace::window {
namespace {

constexpr std::string_view layout_key = "\2layout";
constexpr std::string_view emitted_key = "\2emitted";

Key key_of(std::string_view name) {
  return {never, hash_bytes(name.data(), name.size()), str(name)};
}

std::optional<std::string> read(const State& state, std::string_view name) {
  const Key key = key_of(name);
  mr_str value{};
  state.get(1, &key, &value);
  if (value.data == nullptr) return std::nullopt;
  return std::string(view(value));
}

void write(const State& state, std::string_view name, std::string_view text) {
  const Key key = key_of(name);
  const mr_str value = str(text);
  state.put(1, &key, &value);
}

}  // namespace

ShardNotes::ShardNotes(const State& state, const std::string& layout)
    : state_(state), layout_(layout) {
  const auto found = read(state_, layout_key);
  layout_written_ = found.has_value();
  if (found && *found != layout_)
    throw Error::user("the checkpoint holds state of another shape: it was written for " + *found +
                      "; the configuration now asks for " + layout_ +
                      ". Undo the change, or start with a new `checkpoint` directory");
  const auto emitted = read(state_, emitted_key);
  if (emitted) emitted_up_to_ = load_value<int64_t>(emitted->data());
}

void ShardNotes::write_layout() {
  if (layout_written_) return;
  write(state_, layout_key, layout_);
  layout_written_ = true;
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
  if (time) {
    char text[sizeof(int64_t)];
    store_value(text, *time);
    write(state_, emitted_key, {text, sizeof text});
  } else {
    const Key key = key_of(emitted_key);
    state_.erase(1, &key);
  }
}

}  // namespace millrace::window
