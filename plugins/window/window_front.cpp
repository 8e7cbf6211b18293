#include "plugins/window/window_front.hpp"

#include "plugins/window/partials.hpp"

namespace millrace::window {

void WindowFront::process(int /*input*/, const Batch& batch, const Outputs& outputs) {
  const auto rows = static_cast<size_t>(batch.size());
  if (rows == 0) return;
  place(batch);
  key_columns_.clear();
  for (const auto& key : plan_->keys) key_columns_.push_back(key.evaluate(batch));
  plan_->codec.encode(key_columns_, rows, keys_);
  report_late(batch, outputs);

  const size_t kept = placement_.rows.size();
  const uint32_t* chosen = kept == rows ? nullptr : placement_.rows.data();
  groups_.resize(kept);
  const size_t before = table_.size();
  table_.find_or_add(keys_, chosen, placement_.panes.data(), kept, groups_.data());
  aggregates_.resize(table_.size());
  aggregates_.add(batch, {chosen, groups_.data(), kept});
  if (is_full(table_.size(), table_.size() - before, kept)) flush(outputs);
}

void WindowFront::place(const Batch& batch) {
  const Column times = plan_->time.known() ? plan_->time.evaluate(batch) : Column{};
  plan_->assigner->place(times, plan_->time.shift, static_cast<size_t>(batch.size()), late_.rule(),
                         placement_);
}

void WindowFront::report_late(const Batch& batch, const Outputs& outputs) {
  const auto note = [&](const Buffer<uint32_t>& rows, const Buffer<int64_t>& panes) {
    for (size_t i = 0; i < rows.size(); ++i) {
      plan_->assigner->windows_of(panes[i], windows_);
      for (const auto& window : windows_)
        if (window.end <= late_.rule().before)
          late_.note_group(keys_.views[rows[i]], keys_.hashes[rows[i]], window);
    }
  };
  note(placement_.late, placement_.late_panes);
  note(placement_.partly, placement_.partly_panes);
  outputs.count(Count::late_partly, static_cast<int64_t>(placement_.partly.size()));
  late_.pass_on(batch, {placement_.late.data(), placement_.late.size()}, outputs);
}

void WindowFront::end(const Outputs& outputs) {
  flush(outputs);
  late_.end(outputs);
}

void WindowFront::flush(const Outputs& outputs) {
  const size_t count = table_.size();
  if (count == 0) return;
  table_.list_by_pane(groups_);
  aggregates_.save({groups_.data(), count}, 0, saved_);
  ColumnBuilder hashes(TypeId::int64);
  ColumnBuilder panes(TypeId::int64);
  ColumnBuilder keys(TypeId::binary);
  ColumnBuilder states(TypeId::binary);
  hashes.append_values<int64_t>(
      count, [&](size_t i) { return static_cast<int64_t>(table_.hash(groups_[i])); });
  panes.append_values<int64_t>(count, [&](size_t i) { return table_.pane(groups_[i]); });
  keys.append_texts(count, [&](size_t i) { return table_.key(groups_[i]); });
  states.append_texts(count, [&](size_t i) { return saved_[i]; });
  outputs.emit(Port::rows, Batch(plan_->partials,
                                 {hashes.finish(), panes.finish(), keys.finish(), states.finish()},
                                 static_cast<int64_t>(count)));
  table_.clear();
  aggregates_.resize(0);
}

}  // namespace millrace::window
