#include <memory>
#include <new>
#include <ostream>
#include <thread>

#include "core/checkpoint/checkpoint.hpp"
#include "core/checkpoint/checkpoint_error.hpp"
#include "core/cli/attempts.hpp"
#include "core/cli/build_info.hpp"
#include "core/cli/exit_code.hpp"
#include "core/cli/failure.hpp"
#include "core/cli/forced_exit.hpp"
#include "core/cli/pipeline_file.hpp"
#include "core/cli/plugin_path_flag.hpp"
#include "core/cli/run_lines.hpp"
#include "core/cli/signals.hpp"
#include "core/cli/unasked_exit.hpp"
#include "core/cli/verb.hpp"
#include "core/cli/verbs.hpp"
#include "core/config/duration.hpp"
#include "core/engine/crash_witness.hpp"
#include "core/engine/pipeline.hpp"
#include "core/engine/progress_report.hpp"
#include "core/engine/services.hpp"
#include "core/engine/sink_decider.hpp"
#include "core/engine/watchdog.hpp"
#include "core/observe/monitor.hpp"
#include "core/system/background.hpp"
#include "core/system/posix_file_system.hpp"
#include "core/system/process_memory.hpp"
#include "core/system/random.hpp"
#include "core/system/system_clock.hpp"

namespace millrace::cli {
namespace {

struct RunFlags {
  std::string file;
  bool quiet = false;
  bool json = false;
  std::optional<std::int64_t> threads;
  std::string checkpoint;
  Assumption assumption;
  std::vector<std::string> plugin_path;
};

/// The real world that a pipeline runs in.
struct Machine {
  explicit Machine(observe::Log& to) : log(to), services(clock, stop, to) {
    SystemMemory::keep_freed();
  }

  observe::Log& log;
  StopSignal stop;
  SystemClock clock;
  SystemMemory memory;
  PosixFileSystem files;
  BackgroundThread background;
  Rng rng = Rng::from_system();
  EngineServices services;
};

void apply_flags(const RunFlags& flags, Config& config) {
  if (flags.threads) config.threads.value = *flags.threads;
  if (!flags.checkpoint.empty()) config.checkpoint = Located<std::string>{flags.checkpoint, {}};
}

std::size_t thread_count(const Config& config) {
  if (config.threads.value > 0) return static_cast<std::size_t>(config.threads.value);
  return std::max(1U, std::thread::hardware_concurrency());
}

std::unique_ptr<Checkpoint> open_checkpoint(const Config& config, const Assumption& assumption,
                                            SinkDecider* decider, Machine& machine) {
  const CheckpointOptions options{config.name,
                                  static_cast<std::uint32_t>(config.shards.value),
                                  static_cast<std::uint64_t>(config.retain_epochs),
                                  decider,
                                  assumption,
                                  &machine.background};
  if (!config.checkpoint) return Checkpoint::none(machine.clock, machine.rng, options);
  auto checkpoint = Checkpoint::open(machine.files, machine.clock, machine.rng,
                                     config.checkpoint->value, options);
  log_place(machine.log, config.checkpoint->value);
  const std::uint32_t kept = checkpoint->format().shards;
  if (kept != options.shards) {
    machine.log.warning(
        "the checkpoint was made with another number of shards, which it keeps",
        {{"checkpoint", std::to_string(kept)}, {"configured", std::to_string(options.shards)}});
  }
  if (const auto& remark = checkpoint->recovered().remark; !remark.empty())
    machine.log.warning(remark);
  return checkpoint;
}

observe::PipelineIdentity identity_of(const PipelineFile& file, const Checkpoint& checkpoint,
                                      const std::string& run_id) {
  const Trigger& trigger = file.config->trigger;
  observe::PipelineIdentity identity;
  identity.name = file.config->name;
  identity.id = checkpoint.format().job_id;
  identity.run_id = run_id;
  identity.trigger = name_of(trigger.kind);
  identity.config_hash = fingerprint(file.diagnostics.file().text());
  if (trigger.kind == TriggerKind::processing_time || trigger.kind == TriggerKind::continuous) {
    identity.trigger_interval_us = trigger.interval_us;
  }
  return identity;
}

void tell_identity(const Catalog& catalog, observe::Metrics& metrics) {
  metrics.build({build_version(), build_revision(), build_compiler(), plugin_abi()});
  for (const PluginInfo& plugin : catalog.plugins()) {
    const std::string abi =
        std::to_string(plugin.abi_major) + '.' + std::to_string(plugin.abi_minor);
    metrics.plugin({plugin.name, plugin.version, abi, plugin.path.string()});
  }
}

/// What earlier processes died of, as far as it concerns what comes now.
CrashSuspects suspects_of(const Config& config, const Checkpoint& checkpoint, Machine& machine) {
  if (!config.checkpoint || config.crash_limit == 0) return {};
  const Outbox* undelivered = checkpoint.undelivered();
  const std::uint64_t epoch =
      undelivered != nullptr ? undelivered->epoch() : checkpoint.recovered().next_epoch();
  CrashSuspects suspects(crash_notes_of(machine.files, config.checkpoint->value, epoch),
                         config.crash_limit);
  if (!suspects.notes().empty()) log_deaths(machine.log, suspects.notes());
  return suspects;
}

/// Waiting for a broker may be cut short by a stop, which is no failure.
bool ended_by_stop(const Error& error, const StopSignal& stop) {
  return stop.requested() && error.blame == Blame::external && error.retry == Retry::with_backoff;
}

int fail(const Error& error, observe::Monitor& monitor) {
  // An epoch that failed had been under way; before that nothing could be reached.
  const bool was_running = monitor.health().state() == observe::PipelineState::failed;
  monitor.set_state(observe::PipelineState::failed);
  monitor.log().error(error.what());
  const bool unreachable = error.blame == Blame::external && !was_running;
  return unreachable ? exit_unreachable : exit_code_of(error);
}

/// Opens the checkpoint and the pipeline on it, and does so again when the outside world failed a
/// pipeline that can tell afterwards what it had decided.
class Restarts {
 public:
  Restarts(const Plan& plan, const Assumption& assumption, Machine& machine)
      : plan_(plan),
        assumption_(assumption),
        machine_(machine),
        attempts_(plan.config.startup_timeout_us) {
    if (plan.decider) decider_.emplace(plan);
  }

  SinkDecider* decider() { return decider_ ? &*decider_ : nullptr; }

  std::unique_ptr<Checkpoint> open() {
    for (;;) {
      try {
        auto checkpoint = open_checkpoint(plan_.config, assumption_, decider(), machine_);
        attempts_.reached(checkpoint->recovered().next_epoch());
        return checkpoint;
      } catch (const Undecided& failure) {
        if (!wait_after(failure)) throw;
      }
    }
  }

  /// Whether to start again after this failure, once it returns.
  bool wait_after(const Error& failure) {
    if (!decider_ || machine_.stop.requested()) return false;
    const auto pause_us = attempts_.pause_after(failure, machine_.clock.steady_us());
    if (!pause_us) return false;
    machine_.log.warning(failure.what(), {{"recovers_in", format_duration_us(*pause_us)}});
    return machine_.clock.wait_until(machine_.clock.steady_us() + *pause_us, machine_.stop);
  }

 private:
  const Plan& plan_;
  const Assumption assumption_;
  Machine& machine_;
  std::optional<SinkDecider> decider_;
  Attempts attempts_;
};

/// Nothing: the pipeline starts again.
std::optional<int> run_to_the_end(Pipeline& pipeline, observe::Monitor& monitor,
                                  const StopSignal& stop, Restarts& restarts) {
  try {
    pipeline.run();
  } catch (const Error& error) {
    if (!ended_by_stop(error, stop)) {
      if (restarts.wait_after(error)) return std::nullopt;
      if (!ended_by_stop(error, stop)) return fail(error, monitor);
    }
    monitor.log().warning(error.what());
  }
  monitor.finished();
  return exit_done;
}

int run_pipeline(const PipelineFile& file, const Plan& plan, const Assumption& assumption,
                 Machine& machine, std::ostream* json_progress) {
  std::int64_t opening_ns = machine.clock.monotonic_ns();
  Restarts restarts(plan, assumption, machine);
  auto checkpoint = restarts.open();
  const std::string run_id = to_text(make_uuid(machine.rng));
  observe::MonitorOptions options;
  options.http = observe::parse_http_address(plan.config.listen.value, options.http_option);
  // The usual port may be another pipeline's; one that was asked for must be had.
  options.http_required = plan.config.listen.span.known();
  options.json_progress = json_progress;
  observe::Monitor monitor(identity_of(file, *checkpoint, run_id), options, machine.clock,
                           machine.log);
  tell_identity(file.catalog, monitor.metrics());
  announce_components(plan, monitor.metrics());
  std::optional<CrashWitness> witness;
  if (plan.config.checkpoint && plan.config.crash_limit > 0)
    witness.emplace(plan.config.checkpoint->value);
  Executor executor(thread_count(plan.config));
  const observe::PluginMetrics::Attachment attached(machine.services.plugin_metrics(),
                                                    monitor.metrics());
  Watchdog watchdog(machine.clock, machine.stop, monitor, plan.config.stuck_after_us);
  std::optional<WatchdogThread> watching;
  if (plan.config.stuck_after_us > 0) watching.emplace(watchdog, plan.config.stuck_after_us);
  if (monitor.http() != nullptr) observe::log_serving(machine.log, monitor.http()->url());
  for (;;) {
    std::optional<int> ended;
    {
      Pipeline pipeline(plan, {machine.clock, executor, machine.stop, *checkpoint, monitor, run_id,
                               machine.services.arrivals(), restarts.decider(),
                               suspects_of(plan.config, *checkpoint, machine), &machine.memory});
      if (checkpoint->recovered().last) {
        const std::int64_t took_us = (machine.clock.monotonic_ns() - opening_ns) / 1000;
        monitor.metrics().recovered(took_us);
        log_recovered(machine.log, checkpoint->recovered(), took_us);
      }
      observe::log_running(machine.log, trigger_text(plan.config.trigger), outputs_text(plan));
      ended = run_to_the_end(pipeline, monitor, machine.stop, restarts);
    }
    if (ended) return *ended;
    opening_ns = machine.clock.monotonic_ns();
    checkpoint.reset();
    checkpoint = restarts.open();
  }
}

int run_file(const RunFlags& flags, observe::Log& log, World& world) {
  Machine machine(log);
  const SignalGuard signals(machine.stop, machine.clock);
  const ForcedExit forced_exit(machine.stop);
  PipelineFile file = read_pipeline_file(flags.file, flags.plugin_path, world.environment);
  if (file.config) apply_flags(flags, *file.config);
  const std::optional<Plan> plan = plan_pipeline(file, machine.services);
  file.diagnostics.render(world.err, world.error_color);
  if (!plan) return exit_configuration;
  observe::log_loaded(log, loaded(*file.config, flags.file, file.catalog.plugins().size()));
  try {
    return run_pipeline(file, *plan, flags.assumption, machine, flags.json ? &world.out : nullptr);
  } catch (const Undecided& failure) {
    // The place where epochs are decided was not reached.
    if (ended_by_stop(failure, machine.stop)) {
      log.warning(failure.what());
      return exit_done;
    }
    log.error(failure.what());
    return failure.retry == Retry::with_backoff ? exit_unreachable : exit_code_of(failure);
  }
}

int run(const RunFlags& flags, World& world) {
  observe::Log log(observe::Log::options_for_stderr(flags.quiet), world.err);
  const UnaskedExit unasked_exit;
  try {
    return run_file(flags, log, world);
  } catch (const std::bad_alloc&) {
    log.error(
        "there is no memory left that the process may have; give it more, or let it hold less "
        "(memory_limit)");
    return exit_broken;
  } catch (const std::exception& failure) {
    log.error(failure.what());
    return exit_code_of(failure);
  }
}

}  // namespace

Verb run_verb() {
  return {"run", "run a pipeline until it is done or stopped",
          "  millrace run pipeline.toml\n"
          "  millrace run pipeline.toml --json --checkpoint /var/lib/millrace/pipeline\n",
          [](FlagSet& set, World& world) {
            auto flags = std::make_shared<RunFlags>();
            set.word("file", flags->file, "the pipeline file");
            set.flag("--quiet", flags->quiet, "say warnings and errors only", "MILLRACE_QUIET");
            set.flag("--json", flags->json, "one JSON line on stdout per epoch", "MILLRACE_JSON");
            set.number("--threads", flags->threads, 1024, "how many; 0: as many as there are cores",
                       "MILLRACE_THREADS");
            set.text("--checkpoint", flags->checkpoint,
                     "the checkpoint's directory, in place of the one that the file names",
                     "MILLRACE_CHECKPOINT");
            set.number("--assume-committed", flags->assumption.committed,
                       "this epoch's rows are in the output, where nothing else can tell");
            set.number("--assume-aborted", flags->assumption.aborted,
                       "this epoch's rows are not in the output, where nothing else can tell");
            add_plugin_path_flag(set, flags->plugin_path);
            return Action([flags, &world] { return run(*flags, world); });
          }};
}

}  // namespace millrace::cli
