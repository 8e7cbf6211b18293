// What the engine costs where nothing happens: a round, and an epoch with its checkpoint on a real
// disk.
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>

#include <benchmark/benchmark.h>

#include "core/engine/epoch_runner.hpp"
#include "core/engine/services.hpp"
#include "core/plan/build_plan.hpp"
#include "core/system/posix_file_system.hpp"
#include "core/system/random.hpp"
#include "core/system/system_clock.hpp"
#include "tests/support/plugin/scratch_directory.hpp"

namespace millrace {
namespace {

// A window in 16 shards, read in two modes.
constexpr const char* job = R"toml(
name = "bench"
[observability]
listen = "off"
[sources.events]
type = "rate"
rows = 0
start_time = "2024-01-01T00:00:00Z"
watermark = { column = "timestamp", delay = "10 seconds" }
[transforms.counts]
type = "tumbling_window"
inputs = ["events"]
size = "10 seconds"
group_by = ["value"]
aggregates = { n = "count(*)" }
[sinks.final]
type = "blackhole"
inputs = ["counts"]
[sinks.changes]
type = "blackhole"
inputs = ["counts"]
output_mode = "update"
)toml";

const Catalog& catalog() {
  static const Catalog loaded = [] {
    Catalog catalog;
    for (const auto* name : {"rate", "window", "memory_store", "blackhole"})
      catalog.add(std::filesystem::path(MILLRACE_BENCH_PLUGINS) /
                  ("libmillrace_" + std::string(name) + ".so"));
    return catalog;
  }();
  return loaded;
}

class Engine {
 public:
  Engine() {
    Diagnostics diagnostics(SourceFile("bench.toml", job));
    const auto config = load_config([](std::string_view) { return std::nullopt; }, diagnostics);
    if (config) plan_ = build_plan(*config, catalog(), services_, diagnostics);
    if (!plan_) {
      std::ostringstream text;
      diagnostics.render(text);
      throw std::runtime_error(text.str());
    }
    checkpoint_ =
        Checkpoint::open(files_, clock_, rng_, folder_.path("checkpoint"), {"bench", 16, 10});
    monitor_.emplace(observe::PipelineIdentity{"bench", "id", "run", "", "", {}},
                     observe::MonitorOptions{}, clock_, log_);
    runtime_.emplace(*plan_, *checkpoint_, clock_, executor_, stop_);
    planner_.emplace(*plan_, clock_, stop_, *monitor_);
    tables_.emplace(*plan_, log_);
    event_time_.emplace(*plan_);
    deliveries_.emplace(*plan_, *checkpoint_, RetryPause::World{clock_, stop_, log_},
                        monitor_->metrics(), executor_);
    epochs_.emplace(
        *plan_,
        EpochParts{clock_, *checkpoint_, *monitor_, *runtime_, *planner_, *tables_, *event_time_,
                   *deliveries_, nullptr, services_.arrivals(), false, true},
        "run");
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void begin() { runtime_->begin(epochs_->plan({}, false), nullptr); }
  void round() {
    benchmark::DoNotOptimize(planner_->arrived());
    runtime_->run(RoundPart::rows, {});
  }
  /// As it follows one that moved the watermark: its plan is in the commit record before it.
  void epoch() {
    EpochTimer timer(clock_);
    const auto ahead = epochs_->take_ahead();
    const auto plan = ahead ? *ahead : epochs_->plan({}, false);
    event_time_->finish({}, {{0, "", event_time_us_ += 1'000'000}}, clock_.steady_us());
    epochs_->run(plan, {}, timer, ahead.has_value());
  }

 private:
  const testing::ScratchDirectory folder_;  // outlives the checkpoint in it
  SystemClock clock_;
  StopSignal stop_;
  std::ostringstream log_text_;
  observe::Log log_{{}, log_text_};
  EngineServices services_{clock_, stop_, log_};
  std::optional<Plan> plan_;
  PosixFileSystem files_;
  Rng rng_{1};
  std::unique_ptr<Checkpoint> checkpoint_;
  std::optional<observe::Monitor> monitor_;
  Executor executor_{2};
  std::optional<Runtime> runtime_;
  std::optional<InputPlanner> planner_;
  std::optional<Tables> tables_;
  std::optional<EventTime> event_time_;
  std::optional<Deliveries> deliveries_;
  std::optional<EpochRunner> epochs_;
  int64_t event_time_us_ = 1'700'000'000'000'000;
};

void round_without_rows(benchmark::State& state) {
  Engine engine;
  engine.begin();
  for (auto _ : state) engine.round();
}
BENCHMARK(round_without_rows)->Unit(benchmark::kMicrosecond);

void epoch_without_rows(benchmark::State& state) {
  Engine engine;
  for (auto _ : state) engine.epoch();
}
BENCHMARK(epoch_without_rows)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace millrace

BENCHMARK_MAIN();
