// A kept row in the store:
//   key    side (0 or 1; 2 or 3 for the mark of a match), slot (32 bits)
//   value  version, flags, sequence (64 bits), hash (64 bits), size of the key (32 bits), key, row
// Numbers are little-endian. The sequence restores the order of rows within a key.
#include "plugins/join/join_shard.hpp"

#include <algorithm>
#include <cstring>

#include "plugins/join/key_bytes.hpp"
#include "plugins/join/partials.hpp"

namespace millrace::join {
namespace {

constexpr char state_version = 1;
constexpr size_t store_key_bytes = 5;
constexpr size_t value_head_bytes = 2 + 8 + 8 + 4;
constexpr size_t candidates_at_once = 4096;
constexpr uint8_t match_mark = 2;
constexpr std::string_view layout_key = "\4layout";

enum StoredFlags : uint8_t { stored_matched = 1, stored_matches_nothing = 2 };

const Column& part(const Batch& partials, PartialColumn column) {
  return partials.column(static_cast<size_t>(column));
}

template <class Value>
Value load_value(const char* from) {
  Value value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

void write_store_key(char* to, size_t side, uint32_t slot, uint8_t mark) {
  *to = static_cast<char>(side | mark);
  std::memcpy(to + 1, &slot, sizeof slot);
}

uint64_t store_hash(size_t side, uint32_t slot, uint8_t mark) {
  return mix(uint64_t{slot} << 2 | side | mark);
}

std::string_view stored_key(const char* value) {
  return {value + value_head_bytes, load_value<uint32_t>(value + value_head_bytes - 4)};
}

const char* stored_row(const char* value) {
  const auto key = stored_key(value);
  return key.data() + key.size();
}

Key layout_place() { return {never, hash_of(layout_key), str(layout_key)}; }

void check_version(std::string_view value) {
  if (value.empty() || value[0] != state_version)
    throw Error::user(
        "the checkpoint holds joined rows of another version than this release reads. Finish the "
        "pipeline with the release that wrote them, or start with a new `checkpoint` directory");
}

}  // namespace

JoinShard::JoinShard(const JoinPlan& plan, State state)
    : plan_(&plan),
      state_(state),
      codecs_{RowCodec(*plan.inputs[0].schema), RowCodec(*plan.inputs[1].schema)},
      condition_(plan, codecs_),
      output_(plan, codecs_) {
  load();
}

void JoinShard::load() {
  const Key place = layout_place();
  mr_str layout{};
  state_.get(1, &place, &layout);
  layout_noted_ = layout.data != nullptr;
  if (layout_noted_ && view(layout) != plan_->layout())
    throw Error::user("the checkpoint holds rows of another join: it was written for " +
                      std::string(view(layout)) + "; the configuration now asks for " +
                      plan_->layout() +
                      ". Undo the change, or start with a new `checkpoint` directory");
  struct Stored {
    size_t side;
    uint32_t slot;
    RowIndex::Row row;
  };
  std::vector<Stored> rows;
  std::vector<std::pair<size_t, uint32_t>> matched;
  state_.scan(std::numeric_limits<int64_t>::min(), never,
              [&](int64_t bucket, std::string_view key, std::string_view value) {
                if (key.size() != store_key_bytes) return;
                const auto slot = load_value<uint32_t>(key.data() + 1);
                const auto side = static_cast<size_t>(key[0] & 1);
                if ((key[0] & match_mark) != 0) {
                  matched.emplace_back(side, slot);
                  return;
                }
                check_version(value);
                const auto flags = static_cast<uint8_t>(value[1]);
                rows.push_back({side,
                                slot,
                                {load_value<uint64_t>(value.data() + 10),
                                 load_value<uint64_t>(value.data() + 2), bucket, RowIndex::none,
                                 RowIndex::none, true, (flags & stored_matches_nothing) == 0,
                                 (flags & stored_matched) != 0}});
              });
  std::sort(rows.begin(), rows.end(), [](const auto& left, const auto& right) {
    return left.row.sequence < right.row.sequence;
  });
  for (const auto& [side, slot, row] : rows) kept_[side].restore(slot, row);
  for (const auto& [side, slot] : matched) kept_[side][slot].matched = true;
  for (auto& side : kept_) side.end_restore();
  if (!rows.empty()) next_sequence_ = rows.back().row.sequence + 1;
}

void JoinShard::note_layout() {
  if (layout_noted_) return;
  const Key place = layout_place();
  const auto layout = plan_->layout();
  const mr_str value = str(layout);
  state_.put(1, &place, &value);
  layout_noted_ = true;
}

void JoinShard::merge(const Batch& partials, const Round&) {
  batches_.push_back(partials);
  const auto* hashes = part(partials, PartialColumn::hash).data<int64_t>();
  const auto* flags = part(partials, PartialColumn::flags).data<int32_t>();
  const auto* buckets = part(partials, PartialColumn::bucket).data<int64_t>();
  const auto& keys = part(partials, PartialColumn::key);
  const auto& rows = part(partials, PartialColumn::row);
  for (int64_t row = 0; row < partials.size(); ++row) {
    const auto bytes = rows.text(row);
    arrivals_[(flags[row] & of_right) != 0 ? 1 : 0].push_back(
        {static_cast<uint64_t>(hashes[row]), buckets[row], keys.text(row), bytes.data(),
         bytes.size(), flags[row], false});
  }
}

void JoinShard::finish(const Round& round, const Outputs& outputs) {
  for (size_t side = 0; side < 2; ++side) {
    put_out_unmatched(side, outputs);
    join(side, outputs);
    keep(side, outputs);
  }
  mark_matches(outputs);
  if (round.watermark != std::numeric_limits<int64_t>::min()) leave(round.watermark, outputs);
  output_.finish(outputs);
  outputs.count(Count::state_rows, static_cast<int64_t>(kept_[0].size() + kept_[1].size()));
  for (auto& arrivals : arrivals_) arrivals.clear();
  batches_.clear();
}

// A row that fails a condition on its own input alone is never kept.
void JoinShard::put_out_unmatched(size_t side, const Outputs& outputs) {
  found_.clear();
  for (const auto& arrival : arrivals_[side])
    if ((arrival.flags & unmatched) != 0)
      found_.add(side == 0 ? arrival.row : nullptr, side == 0 ? nullptr : arrival.row);
  output_.add(found_, outputs);
}

void JoinShard::join(size_t side, const Outputs& outputs) {
  const auto& others = kept_[1 - side];
  for (uint32_t i = 0; i < arrivals_[side].size(); ++i) {
    const auto& arrival = arrivals_[side][i];
    if ((arrival.flags & (matches_nothing | unmatched)) != 0) continue;
    others.each(arrival.hash, [&](uint32_t slot) { candidates_.push_back({i, slot}); });
    if (candidates_.size() >= candidates_at_once) join_candidates(side, outputs);
  }
  join_candidates(side, outputs);
}

void JoinShard::join_candidates(size_t side, const Outputs& outputs) {
  if (candidates_.empty()) return;
  const size_t other = 1 - side;
  const size_t count = candidates_.size();
  keys_.resize(count);
  values_.resize(count);
  key_bytes_.resize(count * store_key_bytes);
  for (size_t i = 0; i < count; ++i) {
    const auto slot = candidates_[i].slot;
    char* bytes = key_bytes_.data() + i * store_key_bytes;
    write_store_key(bytes, other, slot, 0);
    keys_[i] = {kept_[other][slot].bucket, store_hash(other, slot, 0), {bytes, store_key_bytes}};
  }
  state_.get(count, keys_.data(), values_.data());
  pairs_.clear();
  equal_.clear();
  for (size_t i = 0; i < count; ++i) {
    const auto& arrival = arrivals_[side][candidates_[i].arrival];
    if (values_[i].data == nullptr || stored_key(values_[i].data) != arrival.key) continue;
    const char* row = stored_row(values_[i].data);
    pairs_.add(side == 0 ? arrival.row : row, side == 0 ? row : arrival.row);
    equal_.push_back(candidates_[i]);
  }
  condition_.filter(pairs_, fulfilling_);
  found_.clear();
  for (const auto pair : fulfilling_) {
    const auto& candidate = equal_[pair];
    if (plan_->kind == JoinKind::left_semi) {
      // A left row comes out with its first match.
      const bool before =
          side == 0 ? arrivals_[0][candidate.arrival].matched : kept_[0][candidate.slot].matched;
      if (!before) found_.add(pairs_.rows[0][pair], nullptr);
    } else {
      found_.add(pairs_.rows[0][pair], pairs_.rows[1][pair]);
    }
    take_match(side, candidate);
  }
  output_.add(found_, outputs);
  candidates_.clear();
}

void JoinShard::take_match(size_t side, const Candidate& candidate) {
  arrivals_[side][candidate.arrival].matched = true;
  auto& kept = kept_[1 - side][candidate.slot];
  if (kept.matched) return;
  kept.matched = true;
  newly_matched_[1 - side].push_back(candidate.slot);
}

void JoinShard::keep(size_t side, const Outputs& outputs) {
  const bool semi = plan_->kind == JoinKind::left_semi && side == 0;
  Buffer<char> bytes;
  std::vector<size_t> offsets;
  keys_.clear();
  key_bytes_.clear();
  for (const auto& arrival : arrivals_[side]) {
    if ((arrival.flags & unmatched) != 0 || (semi && arrival.matched)) continue;
    const bool findable = (arrival.flags & matches_nothing) == 0;
    const uint64_t sequence = next_sequence_++;
    const auto slot =
        kept_[side].add(arrival.hash, arrival.bucket, sequence, findable, arrival.matched);
    char key[store_key_bytes];
    write_store_key(key, side, slot, 0);
    key_bytes_.append(key, sizeof key);
    keys_.push_back({arrival.bucket, store_hash(side, slot, 0), {}});
    offsets.push_back(bytes.size());
    bytes.push_back(state_version);
    bytes.push_back(static_cast<char>((arrival.matched ? stored_matched : 0) |
                                      (findable ? 0 : stored_matches_nothing)));
    const auto key_size = static_cast<uint32_t>(arrival.key.size());
    bytes.append(reinterpret_cast<const char*>(&sequence), sizeof sequence);
    bytes.append(reinterpret_cast<const char*>(&arrival.hash), sizeof arrival.hash);
    bytes.append(reinterpret_cast<const char*>(&key_size), sizeof key_size);
    bytes.append(arrival.key.data(), arrival.key.size());
    bytes.append(arrival.row, arrival.row_size);
  }
  if (keys_.empty()) return;
  note_layout();
  offsets.push_back(bytes.size());
  values_.resize(keys_.size());
  for (size_t i = 0; i < keys_.size(); ++i) {
    keys_[i].key = {key_bytes_.data() + i * store_key_bytes, store_key_bytes};
    values_[i] = {bytes.data() + offsets[i], offsets[i + 1] - offsets[i]};
  }
  state_.put(keys_.size(), keys_.data(), values_.data());
  outputs.count(Count::state_updated, static_cast<int64_t>(keys_.size()));
}

// Only rows that would otherwise come out need to know, after a restart, that they have matched.
void JoinShard::mark_matches(const Outputs&) {
  for (size_t side = 0; side < 2; ++side) {
    auto& slots = newly_matched_[side];
    const bool needed =
        preserves(plan_->kind, side) || (plan_->kind == JoinKind::left_semi && side == 0);
    if (needed && !slots.empty()) {
      keys_.clear();
      key_bytes_.resize(slots.size() * store_key_bytes);
      for (size_t i = 0; i < slots.size(); ++i) {
        char* bytes = key_bytes_.data() + i * store_key_bytes;
        write_store_key(bytes, side, slots[i], match_mark);
        keys_.push_back({kept_[side][slots[i]].bucket,
                         store_hash(side, slots[i], match_mark),
                         {bytes, store_key_bytes}});
      }
      values_.assign(slots.size(), mr_str{"", 0});
      state_.put(keys_.size(), keys_.data(), values_.data());
    }
    slots.clear();
  }
}

void JoinShard::leave(int64_t watermark, const Outputs& outputs) {
  if (!plan_->evicts()) return;
  const int64_t last = std::min(watermark, never - 1);
  int64_t left = 0;
  state_.scan(std::numeric_limits<int64_t>::min(), last,
              [&](int64_t, std::string_view key, std::string_view value) {
                if (key.size() != store_key_bytes || (key[0] & match_mark) != 0) return;
                const auto side = static_cast<size_t>(key[0] & 1);
                const auto slot = load_value<uint32_t>(key.data() + 1);
                if (plan_->inputs[side].preserved && !kept_[side][slot].matched) {
                  // What is visited is only there during the visit.
                  const char* row = stored_row(value.data());
                  found_.clear();
                  found_.add(side == 0 ? row : nullptr, side == 0 ? nullptr : row);
                  output_.add(found_, outputs);
                }
                kept_[side].remove(slot);
                ++left;
              });
  state_.evict(last);
  outputs.count(Count::state_removed, left);
}

}  // namespace millrace::join
