// What lies between the halves of a keyed transform, and behind them: partial results sorted by
// shard, and the files of an epoch. The disk is one in memory, so that what is measured is the work
// and not the device.
#include <random>
#include <string>

#include <benchmark/benchmark.h>

#include "millrace/column_builder.hpp"

#include "core/checkpoint/checkpoint.hpp"
#include "core/engine/exchange.hpp"
#include "core/system/manual_clock.hpp"
#include "core/system/memory_file_system.hpp"
#include "core/system/random.hpp"

namespace millrace {
namespace {

constexpr int64_t groups_per_batch = 8 * 1024;

Batch partial_results() {
  const auto schema = std::make_shared<const Schema>(
      Schema{{{"hash", TypeId::int64}, {"key", TypeId::string}, {"count", TypeId::int64}}});
  std::mt19937_64 random(1);
  ColumnBuilder hash(TypeId::int64);
  ColumnBuilder key(TypeId::string);
  ColumnBuilder count(TypeId::int64);
  for (int64_t row = 0; row < groups_per_batch; ++row) {
    hash.append(static_cast<int64_t>(random()));
    key.append_bytes("user_" + std::to_string(row));
    count.append(row);
  }
  return {schema, {hash.finish(), key.finish(), count.finish()}, groups_per_batch};
}

void regrouping(benchmark::State& state) {
  const Batch partials = partial_results();
  const auto shards = static_cast<size_t>(state.range(0));
  Exchange exchange(shards);
  auto& slot = exchange.slot({0, 0});
  int64_t taken = 0;
  for (auto _ : state) {
    slot.push(partials);
    for (size_t shard = 0; shard < shards; ++shard)
      exchange.drain(shard, [&](const Batch& batch) { taken += batch.size(); });
  }
  state.counters["ns_per_group"] = benchmark::Counter(
      static_cast<double>(taken) / 1e9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(regrouping)->Arg(1)->Arg(16)->Arg(64);

/// One epoch that changes so many groups: plan record, state file, commit record.
void checkpoint_write(benchmark::State& state) {
  MemoryFileSystem files;
  ManualClock clock(0);
  Rng random(1);
  CheckpointOptions options;
  options.pipeline = "bench";
  options.shards = 16;
  const auto checkpoint = Checkpoint::open(files, clock, random, "/checkpoint", options);
  const std::string record(48, 'x');
  const auto records = state.range(0);
  uint64_t epoch = 0;
  for (auto _ : state) {
    EpochPlan plan;
    plan.epoch = epoch;
    checkpoint->write_plan(plan);
    auto writer = checkpoint->begin_state(epoch, StateForm::pieces);
    for (uint32_t shard = 0; shard < options.shards; ++shard) {
      writer->begin("counts", shard);
      for (int64_t i = 0; i < records / options.shards; ++i) writer->append(record);
    }
    EpochCommit commit;
    commit.epoch = epoch++;
    checkpoint->commit(commit, std::move(writer));
  }
  state.counters["ns_per_record"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(records) / 1e9,
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(checkpoint_write)->Arg(1'600)->Arg(16'000)->Arg(160'000)->Iterations(20);

}  // namespace
}  // namespace millrace

BENCHMARK_MAIN();
