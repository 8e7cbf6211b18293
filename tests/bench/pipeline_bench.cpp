// What one event costs in a whole pipeline from memory: JSON decoded, watermark, windows by key,
// state and checkpoint durable after every million events, metrics counted; rows go nowhere.
// MILLRACE_BENCH_EVENTS says of how many events.
#include <ctime>
#include <filesystem>
#include <iostream>
#include <sstream>

#include <benchmark/benchmark.h>

#include "core/checkpoint/checkpoint.hpp"
#include "core/engine/pipeline.hpp"
#include "core/engine/services.hpp"
#include "core/plan/build_plan.hpp"
#include "core/system/posix_file_system.hpp"
#include "core/system/process_memory.hpp"
#include "core/system/random.hpp"
#include "core/system/system_clock.hpp"
#include "tests/support/plugin/scratch_directory.hpp"

namespace millrace {
namespace {

int64_t event_count() {
  const char* text = std::getenv("MILLRACE_BENCH_EVENTS");
  return text != nullptr ? std::atoll(text) : 4'000'000;
}

struct Job {
  std::string events = "keys = 10_000";  // Options of the source.
  std::string window = "type = \"tumbling_window\"\nsize = \"10 seconds\"";
  std::string group_by = "\"key\"";
};

std::string toml_of(const Job& job, const std::filesystem::path& checkpoint) {
  return "name = \"bench\"\ntrigger = \"available_now\"\ncheckpoint = \"" + checkpoint.string() +
         "\"\n[sources.events]\ntype = \"events_in_memory\"\nevents = " +
         std::to_string(event_count()) + "\n" + job.events + R"toml(
format = "json"
schema = { key = "string", timestamp = "timestamp", value = "double", type = "string" }
watermark = { column = "timestamp", delay = "10 seconds" }

[transforms.counts]
inputs = ["events"]
aggregates = { n = "count(*)" }
group_by = [)toml" +
         job.group_by + "]\n" + job.window + R"toml(

[sinks.nowhere]
type = "blackhole"
inputs = ["counts"]
)toml";
}

const Catalog& catalog() {
  static const Catalog loaded = [] {
    Catalog all;
    all.add(BENCH_EVENTS_PLUGIN);
    for (const auto* name : {"json", "window", "memory_store", "blackhole"})
      all.add(std::filesystem::path(BENCH_PLUGINS) / ("libmillrace_" + std::string(name) + ".so"));
    return all;
  }();
  return loaded;
}

double seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

struct Spent {
  double wall = 0;
  double cpu = 0;
};

/// One run of the pipeline from its first epoch to its last; what comes before is not measured.
Spent run(const Job& job, size_t threads) {
  const testing::ScratchDirectory folder;
  SystemClock clock;
  StopSignal stop;
  std::ostringstream log_text;
  observe::Log log({}, log_text);
  EngineServices services(clock, stop, log);
  Diagnostics diagnostics(SourceFile("bench.toml", toml_of(job, folder.path())));
  const auto config = load_config([](std::string_view) { return std::nullopt; }, diagnostics);
  std::optional<Plan> plan;
  if (config && !diagnostics.has_errors())
    plan = build_plan(*config, catalog(), services, diagnostics);
  diagnostics.render(std::cerr);
  if (!plan) throw std::runtime_error("the bench's pipeline is wrong");
  PosixFileSystem files;
  auto rng = Rng::from_system();
  const CheckpointOptions options{"bench", static_cast<uint32_t>(plan->config.shards.value), 100};
  const auto checkpoint =
      Checkpoint::open(files, clock, rng, plan->config.checkpoint->value, options);
  observe::Monitor monitor({"bench", checkpoint->format().job_id, "run", "", "", {}}, {}, clock,
                           log);
  Executor executor(threads);
  Pipeline pipeline(*plan,
                    {clock, executor, stop, *checkpoint, monitor, "run", services.arrivals()});
  const Spent before{seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID)};
  pipeline.run();
  return {seconds(CLOCK_MONOTONIC) - before.wall, seconds(CLOCK_PROCESS_CPUTIME_ID) - before.cpu};
}

void measure(benchmark::State& state, const Job& job) {
  Spent all;
  for (auto each : state) {
    const auto spent = run(job, static_cast<size_t>(state.range(0)));
    state.SetIterationTime(spent.wall);
    all.wall += spent.wall;
    all.cpu += spent.cpu;
  }
  const auto events = static_cast<double>(state.iterations() * event_count());
  state.counters["events_per_s"] = events / all.wall;
  state.counters["events_per_cpu_s"] = events / all.cpu;
  state.counters["ns_cpu_per_event"] = all.cpu / events * 1e9;
}

const Job uniform;
const Job one_hot_key{"keys = 10_000\nhot_percent = 90"};
const Job every_key_once{"keys = 0"};
const Job a_million_open{"keys = 1_000_000", "type = \"tumbling_window\"\nsize = \"1 hour\""};
const Job two_columns{"keys = 10_000", uniform.window, "\"key\", \"type\""};
const Job ten_minutes{"keys = 10_000", "type = \"tumbling_window\"\nsize = \"10 minutes\""};
const Job by_the_second{"keys = 10_000",
                        "type = \"sliding_window\"\nsize = \"10 minutes\"\nslide = \"1 second\""};

void in_threads(benchmark::internal::Benchmark* each) {
  each->ArgName("threads")->UseManualTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(measure, tumbling, uniform)->Arg(1)->Arg(2)->Apply(in_threads);
BENCHMARK_CAPTURE(measure, tumbling_one_hot_key, one_hot_key)->Arg(1)->Arg(2)->Apply(in_threads);
BENCHMARK_CAPTURE(measure, tumbling_unique_keys, every_key_once)->Arg(1)->Arg(2)->Apply(in_threads);
BENCHMARK_CAPTURE(measure, tumbling_a_million_keys_open, a_million_open)
    ->Arg(1)
    ->Arg(2)
    ->Apply(in_threads);
BENCHMARK_CAPTURE(measure, tumbling_two_columns, two_columns)->Arg(1)->Arg(2)->Apply(in_threads);
BENCHMARK_CAPTURE(measure, tumbling_ten_minutes, ten_minutes)->Arg(1)->Apply(in_threads);
BENCHMARK_CAPTURE(measure, sliding_ten_minutes_by_the_second, by_the_second)
    ->Arg(1)
    ->Apply(in_threads);

}  // namespace
}  // namespace millrace

int main(int argc, char** argv) {
  millrace::SystemMemory::keep_freed();  // As `millrace run` does.
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
