#include "tests/simulation/life.hpp"

#include <optional>
#include <sstream>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/cli/attempts.hpp"
#include "core/engine/pipeline.hpp"
#include "core/engine/services.hpp"
#include "core/engine/sink_decider.hpp"
#include "core/plan/build_plan.hpp"
#include "core/system/random.hpp"
#include "tests/simulation/simulated_background.hpp"
#include "tests/simulation/unsynced_files.hpp"
#include "tests/simulation/watched_checkpoint.hpp"

namespace millrace::simulation {
namespace {

/// What a process is made of, each time anew.
class Process {
 public:
  Process(World& world, StopSignal& stop, const Catalog& catalog, const std::string& toml)
      : world_(world),
        stop_(stop),
        unsynced_(world.disk),
        random_(static_cast<uint64_t>(world.clock.elapsed_us()) ^ world.scenario().seed << 20),
        background_(random_.next()),
        log_({observe::LogLevel::error, false, false}, log_text_),
        services_(world.clock, stop, log_) {
    plan(catalog, toml);
    attempts_.emplace(plan_->config.startup_timeout_us);
    if (!plan_->decider) return;
    decider_.emplace(*plan_);
    watched_decider_.emplace(*decider_, world);
  }

  void run(const Assumption& assumption) {
    assumption_ = assumption;
    while (!run_once()) {
    }
  }

 private:
  void plan(const Catalog& catalog, const std::string& toml) {
    Diagnostics diagnostics(SourceFile("simulated.toml", toml));
    const Environment environment = [](std::string_view) { return std::nullopt; };
    const auto config = load_config(environment, diagnostics);
    if (config && !diagnostics.has_errors())
      plan_ = build_plan(*config, catalog, services_, diagnostics);
    if (plan_) return;
    std::ostringstream text;
    diagnostics.render(text);
    throw std::logic_error(text.str());
  }

  std::unique_ptr<Checkpoint> open() {
    FileSystem& files = world_.scenario().sabotage == Sabotage::sync_does_nothing
                            ? static_cast<FileSystem&>(unsynced_)
                            : world_.disk;
    CheckpointOptions options;
    options.pipeline = plan_->config.name;
    options.shards = static_cast<uint32_t>(plan_->config.shards.value);
    options.retain_epochs = static_cast<uint64_t>(plan_->config.retain_epochs);
    options.decider = watched_decider_ ? &*watched_decider_ : nullptr;
    options.assumption = assumption_;
    options.changes_in_record_max = world_.scenario().job.changes_in_record_max;
    if (world_.scenario().job.has_background) options.background = &background_;
    auto checkpoint =
        Checkpoint::open(files, world_.clock, random_, plan_->config.checkpoint->value, options);
    attempts_->reached(checkpoint->recovered().next_epoch());
    return std::make_unique<WatchedCheckpoint>(std::move(checkpoint), world_);
  }

  /// False: the outside world failed it, and it is worth another try.
  bool run_once() {
    try {
      const auto checkpoint = open();
      observe::Monitor monitor({plan_->config.name, checkpoint->format().job_id, "run", "", "", {}},
                               {}, world_.clock, log_);
      Pipeline pipeline(*plan_, {world_.clock, executor_, stop_, *checkpoint, monitor, "run",
                                 services_.arrivals(), decider_ ? &*decider_ : nullptr});
      pipeline.run();
      return true;
    } catch (const Error& failure) {
      if (world_.dead() || world_.disk.lost_power() || !decider_ || stop_.requested()) throw;
      const auto pause_us = attempts_->pause_after(failure, world_.clock.steady_us());
      if (!pause_us) throw;
      world_.trace.note(std::string("recovers from ") + failure.what());
      world_.clock.wait_until(world_.clock.steady_us() + *pause_us, stop_);
      return false;
    }
  }

  World& world_;
  StopSignal& stop_;
  UnsyncedFiles unsynced_;
  Rng random_;
  SimulatedBackground background_;
  std::ostringstream log_text_;
  observe::Log log_;
  EngineServices services_;
  std::optional<Plan> plan_;
  std::optional<SinkDecider> decider_;
  std::optional<WatchedDecider> watched_decider_;
  std::optional<cli::Attempts> attempts_;
  Assumption assumption_;
  Executor executor_{1};
};

}  // namespace

Ending live(World& world, StopSignal& stop, const Catalog& catalog, const std::string& toml,
            const Assumption& assumption) {
  Ending ending;
  try {
    Process process(world, stop, catalog, toml);
    process.run(assumption);
    ending.kind = EndingKind::done;
  } catch (const PowerLost&) {
    world.die();
    ending = {EndingKind::died, "the process died"};
  } catch (const CheckpointError& error) {
    const bool disk = error.fault == CheckpointFault::unusable;
    ending = {disk ? EndingKind::failed : EndingKind::refused, error.what()};
  } catch (const std::exception& error) {
    ending = {EndingKind::failed, error.what()};
  }
  if (world.dead() || world.disk.lost_power()) ending.kind = EndingKind::died;
  world.trace.note("ended: " + ending.message);
  return ending;
}

}  // namespace millrace::simulation
