#include "plugins/window/session_shard.hpp"

#include "plugins/window/aggregates/column_values.hpp"
#include "plugins/window/partials.hpp"
#include "plugins/window/result_rows.hpp"
#include "plugins/window/session_index.hpp"
#include "plugins/window/state_version.hpp"

namespace millrace::window {
namespace {

constexpr size_t start_bytes = sizeof(int64_t);

const Column& part(const Batch& partials, SessionColumn column) {
  return partials.column(static_cast<size_t>(column));
}

}  // namespace

SessionShard::SessionShard(const AggregationPlan& plan, State state)
    : plan_(&plan), state_(state), notes_(state, plan.layout), aggregates_(plan.aggregates) {
  state_.scan(index_bucket, index_bucket,
              [&](int64_t, std::string_view, std::string_view) { ++indexes_; });
}

Key SessionShard::key_of(size_t key, int64_t bucket) const {
  return {bucket, table_.hash(key), str(table_.key(key))};
}

// ---------------------------------------------------------------- merging

void SessionShard::merge(const Batch& partials, const Round& /*round*/) {
  const auto& hashes = part(partials, SessionColumn::hash);
  const auto& starts = part(partials, SessionColumn::start);
  const auto& ends = part(partials, SessionColumn::end);
  const auto& keys = part(partials, SessionColumn::key);
  const auto& states = part(partials, SessionColumn::state);
  const auto count = static_cast<size_t>(partials.size());
  std::vector<uint32_t> numbers(count);
  for (size_t i = 0; i < count; ++i) {
    const auto row = static_cast<int64_t>(i);
    numbers[i] = table_.find_or_add(KeyCodec::view_of(keys.text(row)),
                                    static_cast<uint64_t>(hashes.int64(row)), 0);
  }
  load_new_indexes();
  std::vector<uint32_t> groups(count);
  std::vector<const char*> cursors(count);
  for (size_t i = 0; i < count; ++i) {
    const auto row = static_cast<int64_t>(i);
    current_key_ = numbers[i];
    groups[i] = merge_fragment(sessions_[current_key_], starts.int64(row), ends.int64(row), *this);
    cursors[i] = states.text(row).data();
  }
  aggregates_.resize(parents_.size());
  load_touched();
  aggregates_.merge(groups, cursors);
}

void SessionShard::load_new_indexes() {
  const size_t known = sessions_.size();
  const size_t count = table_.size() - known;
  if (count == 0) return;
  sessions_.resize(table_.size());
  had_index_.resize(table_.size());
  std::vector<Key> keys(count);
  std::vector<mr_str> values(count);
  for (size_t i = 0; i < count; ++i) keys[i] = key_of(known + i, index_bucket);
  state_.get(count, keys.data(), values.data());
  for (size_t i = 0; i < count; ++i) {
    had_index_[known + i] = values[i].data != nullptr;
    if (values[i].data == nullptr) continue;
    for (const auto& span : SessionIndex(view(values[i])))
      sessions_[known + i].push_back({span.start, span.end, no_group, span.end});
  }
}

uint32_t SessionShard::new_group() {
  parents_.push_back(static_cast<uint32_t>(parents_.size()));
  return parents_.back();
}

void SessionShard::touch(Session& session) {
  session.group = new_group();
  touched_.push_back({current_key_, session.group, session.stored_end});
}

void SessionShard::unite(const Session& into, const Session& absorbed) {
  parents_[absorbed.group] = into.group;
}

uint32_t SessionShard::root_of(uint32_t group) const {
  while (parents_[group] != group) group = parents_[group];
  return group;
}

// What the store has of a session comes before what this round adds to it.
void SessionShard::load_touched() {
  const size_t count = touched_.size() - loaded_;
  if (count == 0) return;
  std::vector<Key> keys(count);
  std::vector<mr_str> values(count);
  std::vector<uint32_t> groups(count);
  std::vector<const char*> cursors(count);
  for (size_t i = 0; i < count; ++i) {
    const auto& stored = touched_[loaded_ + i];
    keys[i] = key_of(stored.key, stored.end);
    groups[i] = stored.group;
  }
  state_.get(count, keys.data(), values.data());
  for (size_t i = 0; i < count; ++i) {
    if (values[i].data == nullptr)
      throw Error::internal("the index of a key names a session that the store does not have");
    cursors[i] = check_version(view(values[i])).data() + start_bytes;
  }
  aggregates_.merge(groups, cursors);
  loaded_ = touched_.size();
}

// ---------------------------------------------------------------- the end of a round

void SessionShard::finish(const Round& round, const Outputs& outputs) {
  if (!parents_.empty()) {
    notes_.write_layout();
    unite_groups();
    erase_moved();
    write_sessions(outputs);
    write_indexes();
  }
  forget_round();
  emit_final(round, outputs);
  if (round.wants(Port::all) && round.ends_epoch)
    emit_stored(std::numeric_limits<int64_t>::min(), index_bucket - 1, Port::all, outputs);
  evict(round, outputs);
  outputs.count(Count::state_rows, state_.measure().rows - indexes_ - notes_.entries());
}

// Fragments were merged into the group that was theirs at the time. A later one may have united
// groups; the parts follow in the order of their groups, so that the result is deterministic.
void SessionShard::unite_groups() {
  std::vector<uint32_t> absorbed;
  std::vector<uint32_t> into;
  for (uint32_t group = 0; group < parents_.size(); ++group) {
    if (parents_[group] == group) continue;
    absorbed.push_back(group);
    into.push_back(root_of(group));
  }
  if (absorbed.empty()) return;
  SavedStates saved;
  aggregates_.save(absorbed, 0, saved);
  std::vector<const char*> cursors(absorbed.size());
  for (size_t i = 0; i < absorbed.size(); ++i) cursors[i] = saved[i].data();
  aggregates_.merge(into, cursors);
}

// A session that grew has another end, and so another place; one that was absorbed has none.
void SessionShard::erase_moved() {
  std::vector<Key> keys;
  for (const auto& stored : touched_) keys.push_back(key_of(stored.key, stored.end));
  state_.erase(keys.size(), keys.data());
}

void SessionShard::write_sessions(const Outputs& outputs) {
  std::vector<Key> keys;
  std::vector<uint32_t> groups;
  std::vector<int64_t> starts;
  for (size_t key = 0; key < sessions_.size(); ++key) {
    for (auto& session : sessions_[key]) {
      if (session.group == no_group) continue;
      keys.push_back(key_of(key, session.end));
      groups.push_back(session.group);
      starts.push_back(session.start);
    }
  }
  SavedStates saved;
  aggregates_.save(groups, 1 + start_bytes, saved);
  std::vector<mr_str> values(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    *saved.prefix(i) = state_version;
    store_value(saved.prefix(i) + 1, starts[i]);
    values[i] = str(saved[i]);
  }
  state_.put(keys.size(), keys.data(), values.data());
  outputs.count(Count::state_updated, static_cast<int64_t>(keys.size()));
}

void SessionShard::write_indexes() {
  std::vector<Key> keys;
  std::vector<std::string> texts;
  for (size_t key = 0; key < sessions_.size(); ++key) {
    SessionIndexWriter writer;
    for (const auto& session : sessions_[key]) writer.add({session.start, session.end});
    keys.push_back(key_of(key, index_bucket));
    texts.push_back(writer.text());
    if (!had_index_[key]) ++indexes_;
  }
  std::vector<mr_str> values;
  values.reserve(texts.size());
  for (const auto& text : texts) values.push_back(str(text));
  state_.put(keys.size(), keys.data(), values.data());
}

void SessionShard::forget_round() {
  table_.clear();
  sessions_.clear();
  had_index_.clear();
  parents_.clear();
  touched_.clear();
  loaded_ = 0;
  aggregates_.resize(0);
}

// ---------------------------------------------------------------- results

void SessionShard::emit_final(const Round& round, const Outputs& outputs) {
  if (!plan_->time.is_watermarked || !round.wants(Port::final)) return;
  const int64_t from = notes_.final_from(round);
  if (from > round.watermark) return;
  emit_stored(from, round.watermark, Port::final, outputs);
  if (round.wants(Port::all) && state_.measure().rows > 0)
    notes_.set_emitted_up_to(round.watermark);
}

void SessionShard::emit_stored(int64_t from, int64_t to, Port port, const Outputs& outputs) {
  StoredRows rows(*plan_, port, outputs);
  state_.scan(from, to, [&](int64_t end, std::string_view key, std::string_view value) {
    const auto rest = check_version(value);
    rows.add({load_value<int64_t>(rest.data()), end}, key, rest.substr(start_bytes));
  });
  rows.finish();
}

// The sessions that close have to leave the indexes of their keys too.
void SessionShard::evict(const Round& round, const Outputs& outputs) {
  constexpr int64_t first = std::numeric_limits<int64_t>::min();
  if (!plan_->time.is_watermarked || round.wants(Port::all) || round.watermark == first) return;
  GroupTable closing;
  state_.scan(first, round.watermark, [&](int64_t, std::string_view key, std::string_view) {
    const auto hashed = KeyCodec::view_of(key);
    closing.find_or_add(hashed, plan_->codec.hash_of(hashed), 0);
  });
  std::vector<Key> keys(closing.size());
  std::vector<mr_str> values(closing.size());
  for (size_t i = 0; i < keys.size(); ++i)
    keys[i] = {index_bucket, closing.hash(i), str(closing.key(i))};
  state_.get(keys.size(), keys.data(), values.data());
  std::vector<Key> emptied;
  std::vector<Key> kept;
  std::vector<std::string> texts;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (values[i].data == nullptr) continue;
    SessionIndexWriter writer;
    for (const auto& span : SessionIndex(view(values[i])))
      if (span.end > round.watermark) writer.add(span);
    (writer.empty() ? emptied : kept).push_back(keys[i]);
    if (!writer.empty()) texts.push_back(writer.text());
  }
  values.clear();
  for (const auto& text : texts) values.push_back(str(text));
  state_.put(kept.size(), kept.data(), values.data());
  state_.erase(emptied.size(), emptied.data());
  indexes_ -= static_cast<int64_t>(emptied.size());
  outputs.count(Count::state_removed, state_.evict(round.watermark));
  notes_.set_emitted_up_to(std::nullopt);
}

}  // namespace millrace::window
