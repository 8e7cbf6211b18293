#include "plugins/window/session_front.hpp"

#include <algorithm>
#include <numeric>

#include "plugins/window/partials.hpp"

namespace millrace::window {
namespace {

constexpr int fragments_looked_at = 4;

}  // namespace

void SessionFront::process(int /*input*/, const Batch& batch, const Outputs& outputs) {
  const auto rows = static_cast<size_t>(batch.size());
  if (rows == 0) return;
  key_columns_.clear();
  for (const auto& key : plan_->keys) key_columns_.push_back(key.evaluate(batch));
  plan_->codec.encode(key_columns_, rows, keys_);
  place(batch);
  late_.pass_on(batch, {late_rows_.data(), late_rows_.size()}, outputs);
  find_fragments();
  aggregates_.resize(fragments_.size());
  aggregates_.add(batch, {rows_.data(), groups_.data(), rows_.size()});
  if (fragments_.size() >= groups_at_ease) flush(outputs);
}

// A late row is judged alone, even where an open session would take it in.
void SessionFront::place(const Batch& batch) {
  const Column times = plan_->time.evaluate(batch);
  gaps_of_.read(batch, gaps_);
  rows_.clear();
  late_rows_.clear();
  spans_.clear();
  const LateRule& rule = late_.rule();
  for (size_t i = 0; i < gaps_.size(); ++i) {
    if (gaps_[i] == 0 || times.is_null(static_cast<int64_t>(i))) continue;
    const int64_t time = times.int64(static_cast<int64_t>(i)) + plan_->time.shift;
    if (time <= -time_most || time >= time_most)
      throw Error::data("the event time " + std::to_string(time) +
                        " us since 1970 is out of range; remove such rows with a `where` before "
                        "the window");
    const Window span{time, time + gaps_[i]};
    if (span.end <= rule.before) {
      late_rows_.push_back(static_cast<uint32_t>(i));
      late_.note_group(keys_.views[i], keys_.hashes[i], span);
      if (!rule.keep) continue;
    }
    rows_.push_back(static_cast<uint32_t>(i));
    spans_.push_back(span);
  }
}

void SessionFront::find_fragments() {
  const size_t count = rows_.size();
  no_bucket_.clear();
  no_bucket_.append(count, 0);
  key_numbers_.resize(count);
  groups_.resize(count);
  table_.find_or_add(keys_, rows_.data(), no_bucket_.data(), count, key_numbers_.data());
  newest_.append(table_.size() - newest_.size(), none);
  for (size_t i = 0; i < count; ++i)
    groups_[i] = fragment_of(key_numbers_[i], spans_[i].start, spans_[i].end);
}

uint32_t SessionFront::fragment_of(uint32_t key, int64_t start, int64_t end) {
  uint32_t at = newest_[key];
  for (int looked = 0; at != none && looked < fragments_looked_at; ++looked) {
    auto& fragment = fragments_[at];
    if (start <= fragment.end && fragment.start <= end) {
      fragment.start = std::min(fragment.start, start);
      fragment.end = std::max(fragment.end, end);
      return at;
    }
    at = fragment.previous;
  }
  fragments_.push_back({start, end, key, newest_[key]});
  return newest_[key] = static_cast<uint32_t>(fragments_.size() - 1);
}

void SessionFront::end(const Outputs& outputs) {
  flush(outputs);
  late_.end(outputs);
}

void SessionFront::flush(const Outputs& outputs) {
  const size_t count = fragments_.size();
  if (count == 0) return;
  groups_.resize(count);
  std::iota(groups_.data(), groups_.data() + count, 0U);
  aggregates_.save({groups_.data(), count}, 0, saved_);
  ColumnBuilder hashes(TypeId::int64);
  ColumnBuilder starts(TypeId::int64);
  ColumnBuilder ends(TypeId::int64);
  ColumnBuilder keys(TypeId::binary);
  ColumnBuilder states(TypeId::binary);
  for (auto* builder : {&hashes, &starts, &ends, &keys, &states}) builder->reserve(count);
  for (size_t i = 0; i < count; ++i) {
    hashes.append(static_cast<int64_t>(table_.hash(fragments_[i].key)));
    starts.append(fragments_[i].start);
    ends.append(fragments_[i].end);
    keys.append_bytes(table_.key(fragments_[i].key));
    states.append_bytes(saved_[i]);
  }
  outputs.emit(Port::rows, Batch(plan_->partials,
                                 {hashes.finish(), starts.finish(), ends.finish(), keys.finish(),
                                  states.finish()},
                                 static_cast<int64_t>(count)));
  table_.clear();
  newest_.clear();
  fragments_.clear();
  aggregates_.resize(0);
}

}  // namespace millrace::window
