#include "plugins/window/pane_windows.hpp"

#include <numeric>

#include "plugins/window/partials.hpp"
#include "plugins/window/result_rows.hpp"
#include "plugins/window/state_version.hpp"

namespace millrace::window {
namespace {

constexpr size_t rows_most = 16 * 1024;

std::vector<uint32_t> numbers_up_to(size_t count) {
  std::vector<uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  return numbers;
}

}  // namespace

PaneWindows::PaneWindows(const AggregationPlan& plan, State state, const Overlap& overlap)
    : plan_(&plan),
      state_(state),
      overlap_(overlap),
      growing_(plan.aggregates),
      scratch_(plan.aggregates) {
  state_.scan(std::numeric_limits<int64_t>::min(), never - 1,
              [&](int64_t bucket, std::string_view, std::string_view) {
                panes_.insert(panes_.end(), bucket - overlap_.size);
              });
}

uint32_t PaneWindows::key_number(const KeyView& key, uint64_t hash) {
  const uint32_t number = keys_.find_or_add(key, hash, 0);
  if (number == sum_of_.size()) {
    sum_of_.push_back(none);
    grows_.push_back(0);
    growing_.resize(keys_.size());
  }
  return number;
}

void PaneWindows::add(const Batch& partials, int64_t closed) {
  const auto& hashes = part(partials, PartialColumn::hash);
  const auto& panes = part(partials, PartialColumn::pane);
  const auto& keys = part(partials, PartialColumn::key);
  const auto& states = part(partials, PartialColumn::state);
  std::vector<uint32_t> late;
  std::vector<const char*> behind;
  int64_t last = never;
  for (int64_t row = 0; row < partials.size(); ++row) {
    const int64_t pane = panes.int64(row);
    if (pane + overlap_.size <= closed) continue;
    if (pane != last) panes_.insert(pane);
    last = pane;
    if (!follows_ || pane >= next_) continue;
    // A row behind the watermark, for those of its windows that are open still.
    if (pane < block_) {
      follows_ = false;
      continue;
    }
    late.push_back(
        key_number(KeyCodec::view_of(keys.text(row)), static_cast<uint64_t>(hashes.int64(row))));
    grows_[late.back()] = 1;
    behind.push_back(states.text(row).data());
  }
  if (follows_) growing_.merge(late, behind);
}

void PaneWindows::evicted(int64_t up_to) {
  while (!panes_.empty() && *panes_.begin() + overlap_.size <= up_to) panes_.erase(panes_.begin());
}

void PaneWindows::emit(int64_t after, int64_t up_to, const Outputs& outputs) {
  if (panes_.empty() || up_to < *panes_.begin()) return;
  int64_t end = *panes_.begin() + overlap_.slide;
  if (after >= end) end = overlap_.end_after(after);
  for (; end <= up_to; end += overlap_.slide) {
    // Windows without a row are left out.
    const auto pane = panes_.lower_bound(end - overlap_.size);
    if (pane == panes_.end()) return;
    end = std::max(end, *pane + overlap_.slide);
    if (end > up_to) return;
    reach(end);
    emit_window(end, outputs);
  }
}

/// Has sums of all panes of the window that ends there.
void PaneWindows::reach(int64_t end) {
  const int64_t last = end - overlap_.slide;
  const int64_t block = overlap_.start_before(last, overlap_.size);
  if (!follows_ || block != block_ || next_ > end) sum_up(end - overlap_.size, block);
  grow_to(last);
}

void PaneWindows::sum_up(int64_t first, int64_t block) {
  keys_.clear();
  sum_of_.clear();
  sums_.clear();
  sum_bytes_.clear();
  grows_.clear();
  growing_.resize(0);
  block_ = block;
  next_ = block;
  follows_ = true;
  std::vector<PaneEntry> entries;
  Buffer<char> values;
  state_.scan(first + overlap_.size, block - overlap_.slide + overlap_.size,
              [&](int64_t bucket, std::string_view key, std::string_view value) {
                const auto saved = check_version(value);
                const auto view = KeyCodec::view_of(key);
                entries.push_back({bucket - overlap_.size,
                                   key_number(view, plan_->codec.hash_of(view)), values.size()});
                values.append(saved.data(), saved.size());
              });
  // From the last pane to the first: each sum is made of the one behind it.
  for (size_t end = entries.size(); end > 0;) {
    size_t begin = end - 1;
    while (begin > 0 && entries[begin - 1].pane == entries[end - 1].pane) --begin;
    sum_pane({entries.data() + begin, end - begin}, values);
    end = begin;
  }
}

void PaneWindows::sum_pane(std::span<const PaneEntry> entries, const Buffer<char>& values) {
  const auto all = numbers_up_to(entries.size());
  std::vector<const char*> cursors;
  std::vector<uint32_t> with_next;
  scratch_.resize(entries.size());
  for (const auto& entry : entries) cursors.push_back(values.data() + entry.at);
  scratch_.merge(all, cursors);
  cursors.clear();
  for (const auto i : all) {
    const uint32_t next = sum_of_[entries[i].key];
    if (next == none) continue;
    with_next.push_back(i);
    cursors.push_back(sum_bytes_.data() + sums_[next].at);
  }
  scratch_.merge(with_next, cursors);
  scratch_.save(all, 0, saved_);
  scratch_.resize(0);
  for (const auto i : all) {
    auto& sum = sum_of_[entries[i].key];
    sums_.push_back({entries[i].pane, sum, sum_bytes_.size()});
    sum = static_cast<uint32_t>(sums_.size() - 1);
    sum_bytes_.append(saved_[i].data(), saved_[i].size());
  }
}

/// Adds the panes up to `last` to what grows.
void PaneWindows::grow_to(int64_t last) {
  if (next_ > last) return;
  std::vector<uint32_t> keys;
  std::vector<size_t> at;
  Buffer<char> values;
  state_.scan(next_ + overlap_.size, last + overlap_.size,
              [&](int64_t, std::string_view key, std::string_view value) {
                const auto saved = check_version(value);
                const auto view = KeyCodec::view_of(key);
                keys.push_back(key_number(view, plan_->codec.hash_of(view)));
                grows_[keys.back()] = 1;
                at.push_back(values.size());
                values.append(saved.data(), saved.size());
              });
  std::vector<const char*> cursors;
  cursors.reserve(at.size());
  for (const auto offset : at) cursors.push_back(values.data() + offset);
  growing_.merge(keys, cursors);
  next_ = last + overlap_.slide;
}

void PaneWindows::emit_window(int64_t end, const Outputs& outputs) {
  const Window window{end - overlap_.size, end};
  chosen_.clear();
  for (uint32_t key = 0; key < sum_of_.size(); ++key) {
    uint32_t& sum = sum_of_[key];
    while (sum != none && sums_[sum].pane < window.start) sum = sums_[sum].next;
    if (sum != none || grows_[key] != 0) chosen_.push_back(key);
  }
  const std::span<const uint32_t> keys(chosen_);
  for (size_t i = 0; i < keys.size(); i += rows_most)
    emit_rows(window, keys.subspan(i, std::min(rows_most, keys.size() - i)), outputs);
}

void PaneWindows::emit_rows(const Window& window, std::span<const uint32_t> keys,
                            const Outputs& outputs) {
  std::vector<uint32_t> groups;
  std::vector<const char*> cursors;
  std::vector<std::string_view> texts;
  growing_.save(keys, 0, saved_);
  for (uint32_t i = 0; i < keys.size(); ++i) {
    texts.push_back(keys_.key(keys[i]));
    if (sum_of_[keys[i]] == none) continue;
    groups.push_back(i);
    cursors.push_back(sum_bytes_.data() + sums_[sum_of_[keys[i]]].at);
  }
  scratch_.resize(keys.size());
  scratch_.merge(groups, cursors);
  groups.clear();
  cursors.clear();
  for (uint32_t i = 0; i < keys.size(); ++i) {
    if (grows_[keys[i]] == 0) continue;
    groups.push_back(i);
    cursors.push_back(saved_[i].data());
  }
  scratch_.merge(groups, cursors);
  const std::vector<Window> windows(keys.size(), window);
  outputs.emit(Port::final,
               result_rows(*plan_, windows, texts, scratch_, numbers_up_to(keys.size())));
  scratch_.resize(0);
}

}  // namespace millrace::window
