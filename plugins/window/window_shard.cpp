#include "plugins/window/window_shard.hpp"

#include <numeric>

#include "plugins/window/partials.hpp"
#include "plugins/window/result_rows.hpp"
#include "plugins/window/state_version.hpp"

namespace millrace::window {
namespace {

// So many windows for each row are worth keeping panes.
constexpr int64_t panes_least = 8;
// Of a batch that is merged without a table of groups.
constexpr int64_t straight_least = 1024;

std::string layout_of_panes(const AggregationPlan& plan) { return plan.layout + ", by pane"; }

}  // namespace

WindowShard::WindowShard(const AggregationPlan& plan, int shard, State state)
    : plan_(&plan),
      shard_(shard),
      state_(state),
      aggregates_(plan.aggregates),
      straight_(plan, state) {
  const auto written = StateLayout::written_in(state);
  const bool may_have_panes = plan.assigner->overlap() && plan.time.is_watermarked;
  if (!may_have_panes || (written && *written != layout_of_panes(plan)))
    notes_.emplace(state, plan.layout);
}

// State that is kept by window stays so. Panes serve only those who read windows once.
void WindowShard::settle(const Round& round) {
  if (notes_) return;
  const auto overlap = *plan_->assigner->overlap();
  const bool once = !round.wants(Port::all) && !round.wants(Port::changed) && !plan_->keep_windows;
  const bool written = StateLayout::written_in(state_).has_value();
  if (!once && written) take_panes_apart(overlap);
  if (once && (written || overlap.panes() >= panes_least)) {
    notes_.emplace(state_, layout_of_panes(*plan_));
    panes_.emplace(*plan_, state_, overlap);
  } else {
    notes_.emplace(state_, plan_->layout);
  }
}

void WindowShard::take_panes_apart(const Overlap& overlap) {
  ShardNotes old(state_, layout_of_panes(*plan_));
  const int64_t emitted = old.emitted_up_to().value_or(std::numeric_limits<int64_t>::min());
  std::vector<std::string> values;
  std::vector<std::pair<uint32_t, size_t>> parts;
  state_.scan(std::numeric_limits<int64_t>::min(), never - 1,
              [&](int64_t bucket, std::string_view key, std::string_view value) {
                const auto view = KeyCodec::view_of(key);
                plan_->assigner->windows_of(bucket - overlap.size, windows_);
                for (const auto& window : windows_)
                  if (window.end > emitted)
                    parts.emplace_back(
                        table_.find_or_add(view, plan_->codec.hash_of(view), window.end),
                        values.size());
                values.emplace_back(check_version(value));
              });
  state_.evict(never - 1);
  old.erase();
  groups_.clear();
  cursors_.clear();
  for (const auto& [group, value] : parts) {
    groups_.push_back(group);
    cursors_.push_back(values[value].data());
  }
  aggregates_.resize(table_.size());
  aggregates_.merge({groups_.data(), groups_.size()}, cursors_);
  notes_.emplace(state_, plan_->layout);
  write_groups();
  forget_groups();
}

void WindowShard::merge(const Batch& partials, const Round& round) {
  settle(round);
  if (panes_) panes_->add(partials, closed_in(round));
  if (goes_straight(partials, round)) {
    write_groups();
    forget_groups();
    notes_->write_layout();
    updated_ += straight_.merge(
        partials,
        [&](int64_t pane) {
          const auto& windows = windows_of(pane);
          return windows.empty() ? std::nullopt : std::optional(windows[0].end);
        },
        closed_in(round));
    return;
  }
  expand(partials, round);
  load_new_groups();
  aggregates_.merge({groups_.data(), groups_.size()}, cursors_);
}

// Not where all that changed in the round is still to be told.
bool WindowShard::goes_straight(const Batch& partials, const Round& round) const {
  return partials.size() >= straight_least && (panes_ || plan_->assigner->is_disjoint()) &&
         !plan_->keep_windows && !round.wants(Port::changed);
}

// Windows that end there or before take no more rows.
int64_t WindowShard::closed_in(const Round& round) const {
  const bool keeps_late = round.wants(Port::all) || !plan_->time.is_watermarked;
  return keeps_late ? std::numeric_limits<int64_t>::min() : round.late_before;
}

// Makes the pairs (group, partial result): a pane's rows belong to all of its windows but those
// that are closed.
void WindowShard::expand(const Batch& partials, const Round& round) {
  const auto& hashes = part(partials, PartialColumn::hash);
  const auto& panes = part(partials, PartialColumn::pane);
  const auto& keys = part(partials, PartialColumn::key);
  const auto& states = part(partials, PartialColumn::state);
  const int64_t closed = closed_in(round);
  groups_.clear();
  cursors_.clear();
  int64_t pane = 0;
  const std::vector<Window>* windows = nullptr;
  kept_.clear();
  for (int64_t row = 0; row < partials.size(); ++row) {
    if (windows == nullptr || panes.int64(row) != pane) {
      pane = panes.int64(row);
      windows = &windows_of(pane);
    }
    const KeyView key = KeyCodec::view_of(keys.text(row));
    const auto hash = static_cast<uint64_t>(hashes.int64(row));
    for (const auto& window : *windows) {
      if (window.end <= closed) continue;
      groups_.push_back(table_.find_or_add(key, hash, window.end));
      cursors_.push_back(states.text(row).data());
    }
  }
}

const std::vector<Window>& WindowShard::windows_of(int64_t pane) {
  if (panes_) {
    windows_.assign(1, {pane, pane + plan_->assigner->overlap()->size});
    return windows_;
  }
  if (!plan_->keep_windows) {
    plan_->assigner->windows_of(pane, windows_);
    return windows_;
  }
  const auto [at, fresh] = kept_.try_emplace(pane);
  if (fresh) {
    plan_->assigner->windows_of(pane, at->second);
    drop_unwanted(at->second);
  }
  return at->second;
}

void WindowShard::drop_unwanted(std::vector<Window>& windows) const {
  static const auto bounds = std::make_shared<const Schema>(
      Schema{{{"window_start", TypeId::timestamp}, {"window_end", TypeId::timestamp}}});
  ColumnBuilder starts(TypeId::timestamp);
  ColumnBuilder ends(TypeId::timestamp);
  for (const auto& window : windows) {
    starts.append(window.start);
    ends.append(window.end);
  }
  const Batch rows(bounds, {starts.finish(), ends.finish()}, static_cast<int64_t>(windows.size()));
  const Column wanted = plan_->keep_windows->evaluate(rows);
  size_t kept = 0;
  for (size_t i = 0; i < windows.size(); ++i) {
    const auto row = static_cast<int64_t>(i);
    if (!wanted.is_null(row) && wanted.boolean(row)) windows[kept++] = windows[i];
  }
  windows.resize(kept);
}

Key WindowShard::key_of(size_t group) const {
  return {table_.bucket(group), table_.hash(group), str(table_.key(group))};
}

void WindowShard::load_new_groups() {
  const size_t count = table_.size() - loaded_;
  if (count == 0) return;
  aggregates_.resize(table_.size());
  keys_.resize(count);
  values_.resize(count);
  for (size_t i = 0; i < count; ++i) keys_[i] = key_of(loaded_ + i);
  state_.get(count, keys_.data(), values_.data());
  std::vector<uint32_t> found;
  std::vector<const char*> stored;
  for (size_t i = 0; i < count; ++i) {
    if (values_[i].data == nullptr) continue;
    found.push_back(static_cast<uint32_t>(loaded_ + i));
    stored.push_back(check_version(view(values_[i])).data());
  }
  aggregates_.merge(found, stored);
  loaded_ = table_.size();
}

void WindowShard::finish(const Round& round, const Outputs& outputs) {
  settle(round);
  if (plan_->is_one_group() && shard_ == 0 && round.ends_epoch) add_the_one_group();
  write_groups();
  outputs.count(Count::state_updated, static_cast<int64_t>(updated_));
  updated_ = 0;
  if (round.wants(Port::changed)) emit_changed(round, outputs);
  emit_final(round, outputs);
  if (round.wants(Port::all) && round.ends_epoch) emit_all(outputs);
  evict(round, outputs);
  outputs.count(Count::state_rows, state_.measure().rows - notes_->entries());
  forget_groups();
}

void WindowShard::forget_groups() {
  table_.clear();
  aggregates_.resize(0);
  loaded_ = 0;
}

void WindowShard::add_the_one_group() {
  table_.find_or_add({"", 0, 1}, 0, never);
  load_new_groups();
}

void WindowShard::write_groups() {
  const size_t count = table_.size();
  if (count == 0) return;
  updated_ += count;
  notes_->write_layout();
  groups_.resize(count);
  std::iota(groups_.data(), groups_.data() + count, 0U);
  aggregates_.save({groups_.data(), count}, 1, saved_);
  keys_.resize(count);
  values_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    *saved_.prefix(i) = state_version;
    keys_[i] = key_of(i);
    values_[i] = str(saved_[i]);
  }
  state_.put(count, keys_.data(), values_.data());
}

// Windows that are closed change only for those who want the whole result.
void WindowShard::emit_changed(const Round& round, const Outputs& outputs) {
  const int64_t closed =
      plan_->time.is_watermarked ? round.late_before : std::numeric_limits<int64_t>::min();
  groups_.clear();
  std::vector<int64_t> ends;
  std::vector<std::string_view> keys;
  for (size_t group = 0; group < table_.size(); ++group) {
    if (table_.bucket(group) <= closed) continue;
    groups_.push_back(static_cast<uint32_t>(group));
    ends.push_back(table_.bucket(group));
    keys.push_back(table_.key(group));
  }
  if (ends.empty()) return;
  std::vector<int64_t> starts(ends.size());
  plan_->assigner->starts_of(ends, starts.data());
  windows_.clear();
  for (size_t i = 0; i < ends.size(); ++i) windows_.push_back({starts[i], ends[i]});
  outputs.emit(Port::changed,
               result_rows(*plan_, windows_, keys, aggregates_, {groups_.data(), groups_.size()}));
}

void WindowShard::emit_final(const Round& round, const Outputs& outputs) {
  if (!plan_->time.is_watermarked || !round.wants(Port::final)) return;
  if (panes_) return emit_of_panes(round, outputs);
  const int64_t from = notes_->final_from(round);
  if (from > round.watermark) return;
  emit_stored(from, round.watermark, Port::final, outputs);
  if (round.wants(Port::all) && state_.measure().rows > 0)
    notes_->set_emitted_up_to(round.watermark);
}

// Panes stay when the first of their windows close: a note says which have.
void WindowShard::emit_of_panes(const Round& round, const Outputs& outputs) {
  const int64_t emitted = notes_->emitted_up_to().value_or(round.late_before);
  if (emitted >= round.watermark || state_.measure().rows == 0) return;
  panes_->emit(emitted, round.watermark, outputs);
  notes_->set_emitted_up_to(round.watermark);
}

void WindowShard::emit_all(const Outputs& outputs) {
  emit_stored(std::numeric_limits<int64_t>::min(), never, Port::all, outputs);
}

void WindowShard::emit_stored(int64_t from, int64_t to, Port port, const Outputs& outputs) {
  StoredRows rows(*plan_, port, outputs);
  state_.scan(from, to, [&](int64_t end, std::string_view key, std::string_view value) {
    if (key[0] == note_mark) return;
    Window window{0, end};
    plan_->assigner->starts_of({&window.end, 1}, &window.start);
    rows.add(window, key, check_version(value));
  });
  rows.finish();
}

void WindowShard::evict(const Round& round, const Outputs& outputs) {
  if (!plan_->time.is_watermarked || round.wants(Port::all)) return;
  if (round.watermark == std::numeric_limits<int64_t>::min()) return;
  outputs.count(Count::state_removed, state_.evict(round.watermark));
  if (panes_)
    panes_->evicted(round.watermark);
  else
    notes_->set_emitted_up_to(std::nullopt);
}

}  // namespace millrace::window
