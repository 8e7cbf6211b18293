#include "core/cli/pipeline_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "core/cli/plugin_path.hpp"
#include "core/plan/build_plan.hpp"

namespace millrace::cli {
namespace {

/// The text of a file, or why it cannot be had.
std::optional<std::string> read_text_file(const std::string& path, std::string& reason) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  // An empty file sets failbit on the text alone; a directory opens but cannot be read.
  if (in && in.peek() != std::ifstream::traits_type::eof()) text << in.rdbuf();
  if (in.is_open() && !in.bad()) return text.str();
  reason = std::strerror(errno);
  return std::nullopt;
}

}  // namespace

PipelineFile read_pipeline_file(const std::string& path,
                                const std::vector<std::string>& plugin_path,
                                const Environment& environment) {
  std::string reason;
  std::optional<std::string> text = read_text_file(path, reason);
  PipelineFile file{Diagnostics(SourceFile(path, text.value_or(""))), std::nullopt, {}};
  if (!text) {
    file.diagnostics.error(codes::unreadable_file, "cannot read `" + path + "`: " + reason);
    return file;
  }
  file.config = load_config(environment, file.diagnostics);
  if (!file.config) return file;
  file.catalog = load_catalog({plugin_path, file.config->plugin_path}, environment);
  for (const RefusedPlugin& refused : file.catalog.refused()) {
    file.diagnostics.error(codes::plugin_refused, refused.reason);
  }
  return file;
}

std::optional<Plan> plan_pipeline(PipelineFile& file, HostServices& services) {
  if (!file.config) return std::nullopt;
  std::optional<Plan> plan = build_plan(*file.config, file.catalog, services, file.diagnostics);
  if (file.diagnostics.has_errors()) return std::nullopt;
  return plan;
}

}  // namespace millrace::cli
