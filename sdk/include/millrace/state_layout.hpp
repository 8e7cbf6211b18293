#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/key_hash.hpp"
#include "millrace/store.hpp"

namespace millrace {

/// The bucket of entries that no watermark evicts.
inline constexpr int64_t bucket_never = std::numeric_limits<int64_t>::max();

/// The first byte of the entries of a store that are no keys but notes; see key_codec.hpp for keys.
inline constexpr char note_mark = 2;

/// Where a note lives: in the last bucket. Its name begins with note_mark.
inline Key note_key(std::string_view name) {
  return {bucket_never, hash_bytes(name.data(), name.size()), str(name)};
}

/// A note of what the bytes in a shard's store depend on, so that a configuration that would read
/// them otherwise is refused.
class StateLayout {
 public:
  /// Throws Error::user if the store was filled under another layout.
  StateLayout(const State& state, std::string layout) : state_(state), layout_(std::move(layout)) {
    const auto before = written_in(state_);
    written_ = before.has_value();
    if (before && *before != layout_)
      throw Error::user("the checkpoint holds state of another shape: it was written for " +
                        std::string(*before) + "; the configuration now asks for " + layout_ +
                        ". Undo the change, or start with a new `checkpoint` directory");
  }

  /// What a store was filled under; nothing if it is empty. Valid until the store changes.
  static std::optional<std::string_view> written_in(const State& state) {
    const Key key = note_key(name);
    mr_str value{};
    state.get(1, &key, &value);
    return value.data == nullptr ? std::nullopt : std::optional(view(value));
  }

  /// How many entries of the store this is.
  int64_t entries() const { return written_ ? 1 : 0; }
  /// Comes before the first entry that depends on the layout.
  void write() {
    if (written_) return;
    const Key key = note_key(name);
    const mr_str value = str(std::string_view(layout_));
    state_.put(1, &key, &value);
    written_ = true;
  }
  /// Comes after the last entry that depends on it.
  void erase() {
    const Key key = note_key(name);
    state_.erase(1, &key);
    written_ = false;
  }

 private:
  static constexpr std::string_view name = "\2layout";

  State state_;
  std::string layout_;
  bool written_ = false;
};

}  // namespace millrace
