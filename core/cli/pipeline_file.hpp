#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/cli/verb.hpp"
#include "core/config/config.hpp"
#include "core/diagnostics/diagnostic.hpp"
#include "core/plan/plan.hpp"
#include "core/plugin/catalog.hpp"
#include "core/plugin/host.hpp"

namespace millrace::cli {

/// A pipeline file, as far as it could be understood.
struct PipelineFile {
  Diagnostics diagnostics;
  std::optional<Config> config;  // none if the file cannot be read or is no TOML
  Catalog catalog;
};

/// Reads the file and loads the plugins that it and the flags name. What is wrong goes to the
/// diagnostics.
PipelineFile read_pipeline_file(const std::string& path,
                                const std::vector<std::string>& plugin_path,
                                const Environment& environment);

/// Plans the pipeline; no plan if anything is wrong with it.
std::optional<Plan> plan_pipeline(PipelineFile& file, HostServices& services);

}  // namespace millrace::cli
