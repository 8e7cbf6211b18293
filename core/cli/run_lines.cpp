#include "core/cli/run_lines.hpp"

#include <algorithm>

#include "core/config/duration.hpp"
#include "core/observe/number_text.hpp"
#include "core/system/fatal_signals.hpp"
#include "core/system/file_system_kind.hpp"

namespace millrace::cli {

observe::LoadedPipeline loaded(const Config& config, const std::string& file, std::size_t plugins) {
  const auto count = [&](ComponentKind kind) {
    return static_cast<std::size_t>(
        std::count_if(config.components.begin(), config.components.end(),
                      [&](const Component& one) { return one.kind == kind; }));
  };
  return {file, count(ComponentKind::source), count(ComponentKind::transform),
          count(ComponentKind::sink), plugins};
}

std::string trigger_text(const Trigger& trigger) {
  switch (trigger.kind) {
    case TriggerKind::default_:
      return "as input arrives";
    case TriggerKind::once:
      return "one epoch";
    case TriggerKind::available_now:
      return "what is available now";
    case TriggerKind::processing_time:
      return "every " + format_duration_us(trigger.interval_us);
    case TriggerKind::continuous:
      return "without pause, an epoch every " + format_duration_us(trigger.interval_us);
  }
  return "";
}

std::string outputs_text(const Plan& plan) {
  std::string text;
  for (const Component& one : plan.config.components) {
    if (one.kind != ComponentKind::sink) continue;
    const auto node = std::find_if(plan.nodes.begin(), plan.nodes.end(),
                                   [&](const PlannedNode& each) { return each.name == one.name; });
    text += (text.empty() ? "" : ", ") + one.name;
    text += " (" + std::string(name_of(one.output_mode.value));
    text += node->sink->exactly_once ? ", exactly once)" : ", at least once)";
  }
  return text;
}

void log_recovered(observe::Log& log, const Recovered& recovered, std::int64_t took_us) {
  std::string text = "epoch " + std::to_string(recovered.last->epoch);
  if (recovered.rerun && !recovered.last->next) {
    text += " · epoch " + std::to_string(recovered.rerun->epoch) + " was open and runs again";
  }
  log.step("Restored", text + " · in " + observe::duration_text(took_us));
}

void log_deaths(observe::Log& log, const std::vector<CrashNote>& notes) {
  const CrashNote& last = notes.back();
  const auto& records = last.records;
  std::string which = "unknown";
  if (records.known())
    which = std::to_string(records.count) + " of `" + records.component + "`, " + records.partition;
  log.warning(
      "the last run died inside a plugin; its epoch runs again in small pieces, to find out "
      "of which record",
      {{"epoch", std::to_string(last.epoch)},
       {"signal", std::string(signal_name(last.signal))},
       {"component", last.component},
       {"function", last.function},
       {"records", which},
       {"deaths", std::to_string(notes.size())}});
}

void log_place(observe::Log& log, const std::string& directory) {
  const FileSystemKind kind = file_system_kind(std::filesystem::path(directory));
  if (kind.place == FileSystemKind::Place::memory)
    log.info(
        "the checkpoint is kept in memory: it is gone once the machine, or its container, ends",
        {{"directory", directory}, {"file_system", std::string(kind.name)}});
  if (kind.place == FileSystemKind::Place::network)
    log.warning(
        "the checkpoint is kept in the network: a lock there may not keep a second process out, "
        "and a flush means what the server makes of it",
        {{"directory", directory}, {"file_system", std::string(kind.name)}});
}

std::string fingerprint(std::string_view text) {
  // FNV-1a: it tells versions of a file apart, nothing more.
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3U;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (int shift = 60; shift >= 0; shift -= 4) result += digits[(hash >> shift) & 0xFU];
  return result;
}

}  // namespace millrace::cli
