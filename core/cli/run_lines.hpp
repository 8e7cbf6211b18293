#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/checkpoint/checkpoint.hpp"
#include "core/checkpoint/crash_notes.hpp"
#include "core/config/config.hpp"
#include "core/observe/start_lines.hpp"
#include "core/plan/plan.hpp"

namespace millrace::cli {

// What `run` says about a pipeline before its first epoch.

observe::LoadedPipeline loaded(const Config& config, const std::string& file, std::size_t plugins);

/// "every 2 seconds"
std::string trigger_text(const Trigger& trigger);

/// "screen (update, at least once), totals (append, exactly once)"
std::string outputs_text(const Plan& plan);

void log_recovered(observe::Log& log, const Recovered& recovered, std::int64_t took_us);

/// Of which crashes in the epoch that runs now earlier processes died.
void log_deaths(observe::Log& log, const std::vector<CrashNote>& notes);

/// Where the checkpoint's directory may survive less than its owner thinks.
void log_place(observe::Log& log, const std::string& directory);

/// A short name for the exact text of a file.
std::string fingerprint(std::string_view text);

}  // namespace millrace::cli
