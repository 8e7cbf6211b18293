#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/window/aggregates/column_values.hpp"
#include "plugins/window/assigners/assigner.hpp"
#include "plugins/window/state_version.hpp"

// The sessions of one key, without their results: a version byte, then start and end of each,
// rising.
namespace millrace::window {

/// Where indexes live in the store: after every session, before the notes.
inline constexpr int64_t index_bucket = never - 1;

class SessionIndex {
 public:
  explicit SessionIndex(std::string_view saved) {
    const auto rest = check_version(saved);
    for (size_t at = 0; at + 2 * sizeof(int64_t) <= rest.size(); at += 2 * sizeof(int64_t))
      spans_.push_back({load_value<int64_t>(rest.data() + at),
                        load_value<int64_t>(rest.data() + at + sizeof(int64_t))});
  }
  auto begin() const { return spans_.begin(); }
  auto end() const { return spans_.end(); }

 private:
  std::vector<Window> spans_;
};

class SessionIndexWriter {
 public:
  void add(const Window& span) {
    const size_t at = text_.size();
    text_.resize(at + 2 * sizeof(int64_t));
    store_value(text_.data() + at, span.start);
    store_value(text_.data() + at + sizeof(int64_t), span.end);
  }
  bool empty() const { return text_.size() == 1; }
  const std::string& text() const { return text_; }

 private:
  std::string text_{state_version};
};

}  // namespace millrace::window
