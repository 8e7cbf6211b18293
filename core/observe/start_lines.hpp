#pragma once
// The lines that `millrace run` writes to stderr before the first epoch.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/observe/log.hpp"

namespace millrace::observe {

struct LoadedPipeline {
  std::string file;
  size_t sources = 0;
  size_t transforms = 0;
  size_t sinks = 0;
  size_t plugins = 0;
};

struct RestoredCheckpoint {
  int64_t epoch = 0;
  std::optional<int64_t> watermark_us;
  int64_t state_rows = 0;
  int64_t state_bytes = 0;
  int64_t duration_us = 0;
};

/// `Loaded wordcount.toml · 1 source → 3 transforms → 3 sinks · 4 plugins`
void log_loaded(Log& log, const LoadedPipeline& pipeline);

/// `Restored epoch 4211 · watermark 12:40:31Z · 15 204 rows of state, 3.1 MiB · in 38 ms`
void log_restored(Log& log, const RestoredCheckpoint& checkpoint);

/// `Serving http://127.0.0.1:9464 · /metrics, /livez, /readyz, ...`
void log_serving(Log& log, std::string_view url);

/// `Running every 5 s · output to screen (update), totals (append)`
void log_running(Log& log, std::string_view trigger, std::string_view outputs);

}  // namespace millrace::observe
