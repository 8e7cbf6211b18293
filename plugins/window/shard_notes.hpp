#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "millrace/state_layout.hpp"
#include "millrace/transform.hpp"

// Entries of a store that are no groups: what a shard has to know after a restart.
namespace millrace::window {

class ShardNotes {
 public:
  /// Throws Error::user if the store was filled under another layout.
  ShardNotes(const State& state, const std::string& layout);

  /// How many entries of the store are notes.
  int64_t entries() const { return layout_.entries() + (emitted_up_to_ ? 1 : 0); }
  /// Comes before the first entry that depends on the layout.
  void write_layout() { layout_.write(); }

  /// The first bucket that was not final before. What was emitted was evicted with it, unless
  /// the whole result is wanted too: then a note says up to where rows were emitted, and groups
  /// that were closed before this epoch only hold late rows kept for the whole result.
  int64_t final_from(const Round& round) const;
  /// What was emitted and not evicted with it; nothing if there is none.
  std::optional<int64_t> emitted_up_to() const { return emitted_up_to_; }
  void set_emitted_up_to(std::optional<int64_t> time);
  /// Comes after the last entry of the store.
  void erase() {
    set_emitted_up_to(std::nullopt);
    layout_.erase();
  }

 private:
  State state_;
  StateLayout layout_;
  std::optional<int64_t> emitted_up_to_;
};

}  // namespace millrace::window
