#pragma once
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "millrace/detail/thunks.hpp"
#include "millrace/gather.hpp"
#include "millrace/transform.hpp"

#include "plugins/memory_store/memory_store.hpp"
#include "tests/unit/window/fake_host.hpp"
#include "tests/unit/window/rows.hpp"

namespace millrace::testing {

inline constexpr int64_t no_time = std::numeric_limits<int64_t>::min();

/// What came out of one round, as texts.
struct Result {
  std::map<Port, std::vector<std::string>> rows;
  std::map<Count, int64_t> counts;

  std::vector<std::string> on(Port port) const {
    const auto found = rows.find(port);
    return found == rows.end() ? std::vector<std::string>{} : found->second;
  }
  std::vector<std::string> sorted(Port port) const {
    auto texts = on(port);
    std::sort(texts.begin(), texts.end());
    return texts;
  }
  int64_t count(Count what) const {
    const auto found = counts.find(what);
    return found == counts.end() ? 0 : found->second;
  }
};

/// A memory store for one shard, written down after every round.
class ShardStore {
 public:
  explicit ShardStore(const mr_host& host) : host_(&host) { open(); }
  ShardStore(const ShardStore&) = delete;
  ShardStore& operator=(const ShardStore&) = delete;
  ~ShardStore() { Thunks::table.destroy(self_); }

  State state() const { return State(state_); }
  void write(bool snapshot) {
    if (snapshot) pieces_.clear();
    const mr_writer writer{sizeof(mr_writer), this, [](void* self, mr_str bytes, mr_error*) {
                             static_cast<ShardStore*>(self)->pieces_.emplace_back(view(bytes));
                             return mr_result{MR_OK};
                           }};
    mr_error error;
    const auto write = snapshot ? Thunks::table.write_snapshot : Thunks::table.write_changes;
    detail::check(write(self_, &writer, &error), error);
  }
  /// As after a crash: a new store that reads what was written.
  void reopen() {
    Thunks::table.destroy(self_);
    open();
    mr_error error;
    for (const auto& piece : pieces_)
      detail::check(Thunks::table.read(self_, str(piece), &error), error);
  }

 private:
  using Thunks = detail::StoreThunks<memory_store::MemoryStore, memory_store::Settings>;

  void open() {
    mr_error error;
    const mr_values none{nullptr, 0, sizeof(mr_value)};
    detail::check(Thunks::table.create(host_, &none, &self_, &error), error);
    state_ = {&Thunks::table, self_};
  }

  const mr_host* host_;
  void* self_ = nullptr;
  mr_state state_{};
  std::vector<std::string> pieces_;
};

/// A tiny engine: several tasks and shards of one keyed transform, round by round.
class Harness {
 public:
  Harness(const FakeHost& host, Transform& transform, uint32_t wanted, size_t tasks = 1,
          size_t shards = 1)
      : host_(&host),
        transform_(&transform),
        rows_(std::make_shared<const Schema>(transform.binding().rows)),
        partials_(std::make_shared<const Schema>(transform.binding().partials)),
        wanted_(wanted) {
    for (size_t i = 0; i < tasks; ++i) tasks_.push_back(transform.open());
    for (size_t i = 0; i < shards; ++i)
      stores_.push_back(std::make_unique<ShardStore>(host.host()));
    open_shards();
  }

  static uint32_t wants(std::initializer_list<Port> ports) {
    uint32_t mask = 0;
    for (const auto port : ports) mask |= 1U << static_cast<uint32_t>(port);
    return mask;
  }

  /// One epoch of one round. `inputs[i]` goes to task i.
  Result epoch(const std::vector<std::vector<Batch>>& inputs, int64_t late_before,
               int64_t watermark) {
    return round(inputs, late_before, watermark, true);
  }
  Result epoch(const std::vector<Cells>& rows, int64_t late_before = no_time,
               int64_t watermark = no_time) {
    return epoch({{rows_of(host_->input(), rows)}}, late_before, watermark);
  }
  Result round(const std::vector<std::vector<Batch>>& inputs, int64_t late_before,
               int64_t watermark, bool ends_epoch) {
    bool has_data = false;
    for (const auto& batches : inputs) has_data = has_data || !batches.empty();
    const Round now{epoch_, late_before, watermark, wanted_, has_data, ends_epoch};
    result_ = {};
    regrouped_.assign(stores_.size(), {});
    for (size_t i = 0; i < tasks_.size(); ++i) {
      tasks_[i]->begin(now);
      if (i < inputs.size())
        for (const auto& batch : inputs[i]) tasks_[i]->process(0, batch, Outputs(outputs_));
      tasks_[i]->end(Outputs(outputs_));
    }
    for (size_t i = 0; i < shards_.size(); ++i) {
      for (const auto& batch : regrouped_[i]) shards_[i]->merge(batch, now);
      shards_[i]->finish(now, Outputs(outputs_));
      stores_[i]->write(epoch_ % 3 == 2);
    }
    if (ends_epoch) ++epoch_;
    return std::move(result_);
  }

  void restart() { restart(*transform_, wanted_, tasks_.size()); }
  /// With another configuration, or another number of tasks.
  void restart(Transform& transform, uint32_t wanted, size_t tasks) {
    shards_.clear();
    tasks_.clear();
    transform_ = &transform;
    wanted_ = wanted;
    for (auto& store : stores_) store->reopen();
    for (size_t i = 0; i < tasks; ++i) tasks_.push_back(transform.open());
    open_shards();
  }

 private:
  void open_shards() {
    for (size_t i = 0; i < stores_.size(); ++i)
      shards_.push_back(transform_->open_shard(static_cast<int>(i), stores_[i]->state()));
  }
  void take(Port port, ArrowArray* array) {
    if (port == Port::rows) {
      regroup(arrow::import_batch(partials_, array));
      return;
    }
    const auto& schema = port == Port::late ? host_->input() : rows_;
    const auto texts = texts_of(arrow::import_batch(schema, array));
    auto& to = result_.rows[port];
    to.insert(to.end(), texts.begin(), texts.end());
  }
  void regroup(const Batch& batch) {
    std::vector<std::vector<uint32_t>> rows(stores_.size());
    for (int64_t row = 0; row < batch.size(); ++row)
      rows[static_cast<uint64_t>(batch.column(0).int64(row)) % stores_.size()].push_back(
          static_cast<uint32_t>(row));
    for (size_t i = 0; i < rows.size(); ++i)
      if (!rows[i].empty()) regrouped_[i].push_back(gather(batch, rows[i]));
  }

  const FakeHost* host_;
  Transform* transform_;
  std::shared_ptr<const Schema> rows_;
  std::shared_ptr<const Schema> partials_;
  uint32_t wanted_;
  int64_t epoch_ = 0;
  std::vector<std::unique_ptr<TransformTask>> tasks_;
  std::vector<std::unique_ptr<ShardStore>> stores_;
  std::vector<std::unique_ptr<ShardTask>> shards_;
  std::vector<std::vector<Batch>> regrouped_;
  Result result_;
  mr_outputs outputs_{sizeof(mr_outputs), this,
                      [](void* self, int32_t port, ArrowArray* array, mr_error* error) {
                        return detail::guarded(error, [&] {
                          static_cast<Harness*>(self)->take(static_cast<Port>(port), array);
                          return mr_result{MR_OK};
                        });
                      },
                      [](void* self, int32_t what, int64_t rows) {
                        static_cast<Harness*>(self)->result_.counts[static_cast<Count>(what)] +=
                            rows;
                      }};
};

}  // namespace millrace::testing
