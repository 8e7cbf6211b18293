// What one event costs in the front half of a window, and one group behind it. The engine's share
// is left out: batches are made before the clock starts.
#include <random>

#include <benchmark/benchmark.h>

#include "plugins/memory_store/memory_store.hpp"
#include "tests/unit/window/streams.hpp"

namespace millrace::testing {
namespace {

constexpr int64_t rows_per_batch = 16 * 1024;
constexpr int batches_per_round = 16;

/// 50 000 events a second for five seconds, a little out of order.
struct Input {
  Input(const Type& key_type, int64_t keys);

  FakeHost host;
  std::vector<Batch> batches;
};

Input::Input(const Type& key_type, int64_t keys)
    : host({{{"key", key_type}, {"ts", TypeId::timestamp}, {"value", TypeId::int64}}}) {
  std::mt19937_64 random(1);
  int64_t now = 0;
  for (int batch = 0; batch < batches_per_round; ++batch) {
    ColumnBuilder key(key_type);
    ColumnBuilder time(TypeId::timestamp);
    ColumnBuilder value(TypeId::int64);
    for (int64_t row = 0; row < rows_per_batch; ++row) {
      const auto number = static_cast<int64_t>(random() % static_cast<uint64_t>(keys));
      if (key_type.is_bytes())
        key.append_bytes("key-" + std::to_string(number));
      else
        key.append(number);
      now += 20;
      time.append(now - static_cast<int64_t>(random() % 50'000));
      value.append(number);
    }
    batches.emplace_back(host.input(),
                         std::vector<Column>{key.finish(), time.finish(), value.finish()},
                         rows_per_batch);
  }
}

/// Throws away what a task hands over, after counting it.
class Nowhere {
 public:
  const mr_outputs& outputs() const { return outputs_; }
  int64_t groups = 0;
  std::vector<Batch> kept;
  std::shared_ptr<const Schema> keep_as;

 private:
  static mr_result emit(void* self, int32_t, ArrowArray* array, mr_error*) {
    auto& nowhere = *static_cast<Nowhere*>(self);
    nowhere.groups += array->length;
    if (nowhere.keep_as)
      nowhere.kept.push_back(arrow::import_batch(nowhere.keep_as, array));
    else
      array->release(array);
    return MR_OK;
  }
  mr_outputs outputs_{sizeof(mr_outputs), this, emit, [](void*, int32_t, int64_t) {}};
};

Round round_of(uint32_t wanted) { return {0, 0, 0, wanted, true, true}; }

void run_front(benchmark::State& state, Transform& transform, const Input& input) {
  const auto task = transform.open();
  Nowhere nowhere;
  const Outputs outputs(nowhere.outputs());
  for (auto _ : state) {
    task->begin(round_of(append_mode));
    for (const auto& batch : input.batches) task->process(0, batch, outputs);
    task->end(outputs);
  }
  const auto events = static_cast<double>(state.iterations()) * batches_per_round * rows_per_batch;
  state.counters["ns_per_event"] =
      benchmark::Counter(events / 1e9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["groups"] =
      static_cast<double>(nowhere.groups) / static_cast<double>(state.iterations());
}

void tumbling_count(benchmark::State& state, const Type& key) {
  Input input(key, state.range(0));
  window::TumblingWindow transform(tumbling(input.host, 10, {"key"}, {input.host.count()}),
                                   input.host.context(), watermarked(input.host));
  run_front(state, transform, input);
}
BENCHMARK_CAPTURE(tumbling_count, long_keys, TypeId::int64)->Arg(100)->Arg(10'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(tumbling_count, text_keys, TypeId::string)->Arg(100)->Arg(10'000)->Arg(1'000'000);

void tumbling_five_aggregates(benchmark::State& state) {
  Input input(TypeId::int64, 10'000);
  auto& host = input.host;
  window::TumblingWindow transform(
      tumbling(host, 10, {"key"},
               {host.count(), host.aggregate("sum", "sum", {"value"}),
                host.aggregate("min", "min", {"value"}), host.aggregate("max", "max", {"value"}),
                host.aggregate("avg", "avg", {"value"})}),
      host.context(), watermarked(host));
  run_front(state, transform, input);
}
BENCHMARK(tumbling_five_aggregates);

void sliding_count(benchmark::State& state) {
  Input input(TypeId::int64, 10'000);
  window::SlidingWindow transform(
      sliding(input.host, 60, 60.0 / static_cast<double>(state.range(0)), {"key"},
              {input.host.count()}),
      input.host.context(), watermarked(input.host));
  run_front(state, transform, input);
}
BENCHMARK(sliding_count)->Arg(2)->Arg(6)->Arg(30);

void session_count(benchmark::State& state) {
  Input input(TypeId::int64, 10'000);
  window::SessionWindow transform(session(input.host, 5, {"key"}, {input.host.count()}),
                                  input.host.context(), watermarked(input.host));
  run_front(state, transform, input);
}
BENCHMARK(session_count);

/// Merging, writing and reading back the groups of a round in one shard.
void shard_merge(benchmark::State& state) {
  Input input(TypeId::int64, state.range(0));
  window::TumblingWindow transform(tumbling(input.host, 10, {"key"}, {input.host.count()}),
                                   input.host.context(), watermarked(input.host));
  Nowhere partials;
  partials.keep_as = std::make_shared<const Schema>(transform.binding().partials);
  const auto task = transform.open();
  task->begin(round_of(append_mode));
  for (const auto& batch : input.batches) task->process(0, batch, Outputs(partials.outputs()));
  task->end(Outputs(partials.outputs()));

  ShardStore store(input.host.host());
  const auto shard = transform.open_shard(0, store.state());
  Nowhere nowhere;
  for (auto _ : state) {
    for (const auto& batch : partials.kept) shard->merge(batch, round_of(append_mode));
    shard->finish(round_of(append_mode), Outputs(nowhere.outputs()));
  }
  const auto groups =
      static_cast<double>(state.iterations()) * static_cast<double>(partials.groups);
  state.counters["ns_per_group"] =
      benchmark::Counter(groups / 1e9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["bytes_per_group"] = static_cast<double>(store.state().measure().bytes) /
                                      static_cast<double>(store.state().measure().rows);
}
BENCHMARK(shard_merge)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Arg(1'000'000);

void empty_round(benchmark::State& state) {
  Input input(TypeId::int64, 1);
  window::TumblingWindow transform(tumbling(input.host, 10, {"key"}, {input.host.count()}),
                                   input.host.context(), watermarked(input.host));
  ShardStore store(input.host.host());
  const auto shard = transform.open_shard(0, store.state());
  const auto task = transform.open();
  Nowhere nowhere;
  for (auto _ : state) {
    task->begin(round_of(append_mode));
    task->end(Outputs(nowhere.outputs()));
    shard->finish(round_of(append_mode), Outputs(nowhere.outputs()));
  }
}
BENCHMARK(empty_round);

/// Get and put of many keys at once: what a shard does at the end of a round.
void store_get_put(benchmark::State& state) {
  const FakeHost host(events());
  const ShardStore store(host.host());
  const auto count = static_cast<size_t>(state.range(0));
  std::mt19937_64 random(1);
  std::vector<uint64_t> keys(count);
  std::vector<Key> places;
  std::vector<mr_str> values(count, mr_str{"123456789", 9});
  for (auto& key : keys) {
    key = random();
    places.push_back({10, key, {reinterpret_cast<const char*>(&key), sizeof key}});
  }
  std::vector<mr_str> found(count);
  for (auto _ : state) {
    store.state().get(count, places.data(), found.data());
    store.state().put(count, places.data(), values.data());
  }
  state.counters["ns_per_key"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(count) / 1e9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(store_get_put)->Arg(1'000)->Arg(1'000'000);

}  // namespace
}  // namespace millrace::testing

BENCHMARK_MAIN();
