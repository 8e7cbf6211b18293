#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/engine/pipeline.hpp"
#include "core/engine/services.hpp"
#include "core/plan/build_plan.hpp"
#include "core/system/manual_clock.hpp"
#include "core/system/memory_file_system.hpp"
#include "core/system/random.hpp"

namespace millrace {

/// A folder for the files of one test.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "millrace-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::filesystem::path path(const std::string& name) const { return path_ / name; }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(path(name).parent_path());
    std::ofstream(path(name)) << text;
  }
  /// All lines of the part files in a folder, sorted.
  std::multiset<std::string> lines(const std::string& name) const {
    std::multiset<std::string> lines;
    if (!std::filesystem::exists(path(name))) return lines;
    for (const auto& entry : std::filesystem::directory_iterator(path(name))) {
      if (!entry.path().filename().string().starts_with("part-")) continue;
      std::ifstream file(entry.path());
      for (std::string line; std::getline(file, line);) lines.insert(line);
    }
    return lines;
  }

 private:
  std::filesystem::path path_;
};

/// The plugins of this build, loaded once for all tests.
inline const Catalog& test_catalog() {
  static const Catalog catalog = [] {
    Catalog loaded;
    for (const auto* name :
         {"file", "json", "rate", "window", "select", "memory_store", "blackhole", "sort", "join"})
      loaded.add(std::filesystem::path(MILLRACE_TEST_PLUGINS) /
                 ("libmillrace_" + std::string(name) + ".so"));
    loaded.add(MILLRACE_TRIAL_PLUGIN);
    return loaded;
  }();
  return catalog;
}

/// Asks for a stop once somebody waits for a certain time or a later one.
class StoppingClock final : public Clock {
 public:
  StoppingClock(ManualClock& clock, StopSignal& stop, int64_t stop_at_us)
      : clock_(clock), stop_(stop), stop_at_us_(stop_at_us) {}

  int64_t now_us() const override { return clock_.now_us(); }
  int64_t steady_us() const override { return clock_.steady_us(); }
  int64_t monotonic_ns() const override { return clock_.monotonic_ns(); }
  bool wait_until(int64_t deadline_us, const StopSignal& stop) override {
    check(deadline_us);
    return clock_.wait_until(deadline_us, stop);
  }
  Woken wait(int64_t deadline_us, const StopSignal& stop, WakeSignal& signal) override {
    check(deadline_us);
    return clock_.wait(deadline_us, stop, signal);
  }

 private:
  void check(int64_t deadline_us) {
    if (deadline_us >= stop_at_us_) stop_.request();
  }

  ManualClock& clock_;
  StopSignal& stop_;
  int64_t stop_at_us_;
};

/// What the work throws says; empty where it does not throw.
inline std::string failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

/// Runs pipelines in the test's thread: manual clock, checkpoint in memory, real plugins.
class PipelineHarness {
 public:
  explicit PipelineHarness(std::string toml, size_t threads = 1)
      : toml_(std::move(toml)), executor_(threads) {}

  /// What the next life runs instead.
  void set_pipeline(std::string toml) { toml_ = std::move(toml); }
  /// What processes before the next life died of.
  void suspect(CrashSuspects suspects) { suspects_ = std::move(suspects); }
  /// What the next lives hold, where they have a limit. Outlives them.
  void measure(ProcessMemory& memory) { memory_ = &memory; }
  MemoryFileSystem& files() { return files_; }
  ManualClock& clock() { return clock_; }
  std::string log() const { return log_text_.str(); }
  /// Of the last life, when it ended.
  const std::string& metrics() const { return metrics_; }
  /// What the next life is configured with.
  void configure(std::string toml) { toml_ = std::move(toml); }

  /// One life of a process: opens the checkpoint and runs to the end, or until it waits for longer
  /// than `longest_us` after its start. Progress lines, as JSON.
  std::string run(int64_t longest_us = std::numeric_limits<int64_t>::max() / 2) {
    Diagnostics diagnostics(SourceFile("test.toml", toml_));
    const Environment environment = [](std::string_view) { return std::nullopt; };
    const auto config = load_config(environment, diagnostics);
    StopSignal stop;
    StoppingClock clock(clock_, stop, clock_.now_us() + longest_us);
    observe::Log log({}, log_text_);
    EngineServices services(clock_, stop, log);
    std::optional<Plan> plan;
    if (config && !diagnostics.has_errors())
      plan = build_plan(*config, test_catalog(), services, diagnostics);
    if (!plan) {
      std::ostringstream text;
      diagnostics.render(text);
      throw std::runtime_error(text.str());
    }
    Rng rng(++runs_);
    const CheckpointOptions options{plan->config.name,
                                    static_cast<uint32_t>(plan->config.shards.value), 100};
    const auto checkpoint =
        plan->config.checkpoint
            ? Checkpoint::open(files_, clock_, rng, plan->config.checkpoint->value, options)
            : Checkpoint::none(clock_, rng, options);
    std::ostringstream progress;
    observe::MonitorOptions monitor_options;
    monitor_options.json_progress = &progress;
    observe::Monitor monitor({plan->config.name, checkpoint->format().job_id, "run", "", "", {}},
                             monitor_options, clock_, log);
    Pipeline pipeline(*plan, {clock, executor_, stop, *checkpoint, monitor, "run",
                              services.arrivals(), nullptr, suspects_, memory_});
    try {
      pipeline.run();
    } catch (const Error&) {
      metrics_ = monitor.metrics().expose();
      throw;
    }
    metrics_ = monitor.metrics().expose();
    return progress.str();
  }

 private:
  std::string toml_;
  MemoryFileSystem files_;
  ManualClock clock_{1'700'000'000'000'000};
  Executor executor_;
  std::ostringstream log_text_;
  std::string metrics_;
  CrashSuspects suspects_;
  ProcessMemory* memory_ = nullptr;
  uint64_t runs_ = 0;
};

}  // namespace millrace
