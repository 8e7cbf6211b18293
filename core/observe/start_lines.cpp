#include "core/observe/start_lines.hpp"

#include "core/observe/number_text.hpp"

namespace millrace::observe {
namespace {

std::string counted(size_t count, const std::string& word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

}  // namespace

void log_loaded(Log& log, const LoadedPipeline& pipeline) {
  std::string parts = counted(pipeline.sources, "source");
  if (pipeline.transforms > 0) parts += " → " + counted(pipeline.transforms, "transform");
  parts += " → " + counted(pipeline.sinks, "sink");
  log.step("Loaded", pipeline.file + " · " + parts + " · " + counted(pipeline.plugins, "plugin"));
}

void log_restored(Log& log, const RestoredCheckpoint& checkpoint) {
  std::string text = "epoch " + std::to_string(checkpoint.epoch);
  if (checkpoint.watermark_us) text += " · watermark " + to_iso_time(*checkpoint.watermark_us);
  text += " · " + count_text(checkpoint.state_rows) + " rows of state, " +
          bytes_text(checkpoint.state_bytes) + " · in " + duration_text(checkpoint.duration_us);
  log.step("Restored", text);
}

void log_serving(Log& log, std::string_view url) {
  log.step("Serving",
           std::string(url) + " · /metrics, /livez, /readyz, /healthz, /api/v1/progress");
}

void log_running(Log& log, std::string_view trigger, std::string_view outputs) {
  log.step("Running", std::string(trigger) + " · output to " + std::string(outputs));
}

}  // namespace millrace::observe
