#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/system/file_system.hpp"
#include "core/system/manual_clock.hpp"
#include "core/system/random.hpp"

namespace millrace {

// A stand-in for an engine: epoch n reads position n, writes a few keys that depend on n only, and
// deletes one. Whoever runs the same epochs has the same state.
class SmallPipeline {
 public:
  using Shard = std::map<std::string, std::string>;
  using State = std::map<std::pair<std::string, std::uint32_t>, Shard>;

  // Bytes of changes in the commit record: room for one epoch's, so that the next has a file.
  static constexpr std::uint32_t of_one_epoch = 100;

  explicit SmallPipeline(FileSystem& files, std::size_t value_bytes = 8,
                         std::uint64_t retain_epochs = 3, Decider* decider = nullptr,
                         StateForm form = StateForm::pieces)
      : files_(files),
        value_bytes_(value_bytes),
        form_(form),
        options_{"small", 2, retain_epochs, decider, {}, nullptr, of_one_epoch} {}

  // From now on each epoch has a row for a sink, which gets it once the epoch is decided.
  void deliver_to(std::vector<std::string>& sink) { sink_ = &sink; }

  // From now on the commit record of every even epoch holds the plan of the epoch after it.
  void plan_ahead() { plans_ahead_ = true; }

  // Only each n-th epoch changes as much as it was told; the others little.
  void change_little_but_every(std::uint64_t epochs) { large_every_ = epochs; }

  // From the next start on, so many bytes of changes may be in the commit record.
  void changes_in_record_max(std::uint32_t bytes) { options_.changes_in_record_max = bytes; }

  // What a process does when it starts.
  void open() {
    checkpoint_.reset();
    checkpoint_ = Checkpoint::open(files_, clock_, rng_, "/disk/checkpoint", options_);
    state_.clear();
    for (const std::string component : {"counts", "totals"}) {
      for (std::uint32_t shard = 0; shard < checkpoint_->format().shards; ++shard) {
        checkpoint_->load_state(component, shard, [&](std::string_view record) {
          apply(std::string(record), state_[{component, shard}]);
        });
      }
    }
    drop_empty();
    next_ = checkpoint_->recovered().next_epoch();
    planned_ = checkpoint_->recovered().rerun.has_value();
    if (sink_ != nullptr) deliver();
  }

  void run_epoch() {
    if (!planned_) checkpoint_->write_plan(plan(next_));
    planned_ = true;
    const State changes = changes_of(next_);
    if (sink_ != nullptr)
      checkpoint_->begin_outbox(next_).append({"sink", 1}, 1, "row " + std::to_string(next_));
    auto writer = checkpoint_->begin_state(next_, form_);
    for (const auto& [owner, shard] : changes) {
      for (const auto& [key, value] : shard) apply(key + value, state_[owner]);
    }
    drop_empty();
    for (const auto& [owner, shard] : writer->snapshot() ? state_ : changes) {
      writer->begin(owner.first, owner.second);
      for (const auto& [key, value] : shard) writer->append(key + value);
    }
    if (auto* part = writer->part()) append(*part);
    auto commit = commit_of(next_);
    if (plans_ahead_ && next_ % 2 == 0) commit.next = plan(next_ + 1);
    planned_ = commit.next.has_value();
    size_ = checkpoint_->commit(std::move(commit), std::move(writer));
    ++next_;
    if (sink_ != nullptr) deliver();
  }

  // To the sink: "0: row 0".
  void deliver() {
    const Outbox* outbox = checkpoint_->undelivered();
    if (outbox == nullptr) return;
    outbox->read({"sink", 1}, [&](std::string_view record) {
      sink_->push_back(std::to_string(outbox->epoch()) + ": " + std::string(record));
    });
    checkpoint_->delivered();
  }

  void close() { checkpoint_.reset(); }

  Checkpoint& checkpoint() { return *checkpoint_; }
  const State& state() const { return state_; }
  std::uint64_t next_epoch() const { return next_; }
  CommitSize last_commit() const { return size_; }

  // The state after epochs 0 to `epochs` - 1.
  State expected(std::uint64_t epochs) const {
    State state;
    for (std::uint64_t epoch = 0; epoch < epochs; ++epoch) {
      for (const auto& [owner, shard] : changes_of(epoch)) {
        for (const auto& [key, value] : shard) apply(key + value, state[owner]);
      }
    }
    std::erase_if(state, [](const auto& entry) { return entry.second.empty(); });
    return state;
  }

  static EpochPlan plan(std::uint64_t epoch) {
    EpochPlan plan;
    plan.epoch = epoch;
    plan.time_us = static_cast<std::int64_t>(epoch) * 1000;
    plan.shards = 2;
    const auto start = static_cast<std::int64_t>(epoch);
    plan.sources["events"] = {
        std::to_string(epoch), std::to_string(epoch + 1), {{"p0", start, start + 1, ""}}};
    return plan;
  }

  static EpochCommit commit_of(std::uint64_t epoch) {
    EpochCommit commit;
    commit.epoch = epoch;
    commit.positions["events"] = std::to_string(epoch + 1);
    commit.receipts["out"] = "part-" + std::to_string(epoch);
    commit.counters["rows"] = static_cast<std::int64_t>(epoch + 1);
    return commit;
  }

 private:
  // Of a snapshot in parts: what was there when it began, each entry as it is now.
  void append(SnapshotWriter& part) {
    if (part.begins()) {
      to_append_.clear();
      for (const auto& [owner, shard] : state_)
        for (const auto& [key, value] : shard) to_append_.emplace_back(owner, key);
    }
    for (; !to_append_.empty() && part.bytes_wanted() > 0; to_append_.pop_back()) {
      const auto& [owner, key] = to_append_.back();
      part.begin(owner.first, owner.second);
      const auto shard = state_.find(owner);
      if (shard == state_.end() || !shard->second.contains(key)) continue;
      part.append(key + shard->second.at(key));
    }
    if (to_append_.empty()) part.finish();
  }

  // A record is one letter of key and the value; no value deletes.
  static void apply(const std::string& record, Shard& shard) {
    if (record.size() == 1) {
      shard.erase(record);
    } else {
      shard[record.substr(0, 1)] = record.substr(1);
    }
  }

  State changes_of(std::uint64_t epoch) const {
    const auto shard = static_cast<std::uint32_t>(epoch % 2);
    const auto key = [](std::uint64_t number) {
      return std::string(1, static_cast<char>('a' + number % 26));
    };
    const std::string value =
        std::to_string(epoch) + std::string(epoch % large_every_ == 0 ? value_bytes_ : 8, '.');
    State changes;
    changes[{"counts", shard}][key(epoch)] = value;
    changes[{"counts", shard}][key(epoch + 21)] = "";
    changes[{"totals", 0}]["t"] = value;
    return changes;
  }

  void drop_empty() {
    std::erase_if(state_, [](const auto& entry) { return entry.second.empty(); });
  }

  FileSystem& files_;
  const std::size_t value_bytes_;
  std::uint64_t large_every_ = 1;
  const StateForm form_;
  CheckpointOptions options_;
  ManualClock clock_{1000000};
  Rng rng_{42};
  std::unique_ptr<Checkpoint> checkpoint_;
  State state_;
  std::vector<std::pair<State::key_type, std::string>> to_append_;
  std::uint64_t next_ = 0;
  bool planned_ = false;
  bool plans_ahead_ = false;
  CommitSize size_;
  std::vector<std::string>* sink_ = nullptr;
};

}  // namespace millrace
