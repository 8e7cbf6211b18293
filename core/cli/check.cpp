#include <algorithm>
#include <memory>
#include <ostream>

#include "core/cli/exit_code.hpp"
#include "core/cli/pipeline_file.hpp"
#include "core/cli/plugin_path_flag.hpp"
#include "core/cli/verb.hpp"
#include "core/cli/verbs.hpp"

namespace millrace::cli {
namespace {

struct CheckFlags {
  std::string file;
  bool json = false;
  std::vector<std::string> plugin_path;
};

/// Components are made for a check but never run: they have nothing to say and nothing to count.
class SilentServices final : public HostServices {
 public:
  void log(std::string_view, int32_t, std::string_view) override {}
  uint64_t metric(std::string_view, int32_t, std::string_view, std::string_view) override {
    return 0;
  }
  void record(uint64_t, double) override {}
  int64_t now_us() override { return 0; }
  bool stop_requested() override { return false; }
  void input_arrived() override {}
};

void write_components(const Config& config, std::ostream& out) {
  std::size_t width = 0;
  for (const Component& one : config.components) width = std::max(width, one.name.size());
  for (const Component& one : config.components) {
    const std::string kind(name_of(one.kind));
    out << "ok  " << kind << std::string(11 - kind.size(), ' ') << one.name
        << std::string(width - one.name.size() + 2, ' ') << one.type.value << '\n';
  }
}

int check(const CheckFlags& flags, World& world) {
  PipelineFile file = read_pipeline_file(flags.file, flags.plugin_path, world.environment);
  SilentServices services;
  const std::optional<Plan> plan = plan_pipeline(file, services);
  if (flags.json) {
    world.out << file.diagnostics.to_json() << '\n';
  } else {
    file.diagnostics.render(world.err, world.error_color);
    if (plan) write_components(*file.config, world.out);
  }
  return plan ? exit_done : exit_configuration;
}

}  // namespace

Verb check_verb() {
  return {"check", "report every mistake in a pipeline file, start nothing",
          "  millrace check pipeline.toml\n  millrace check pipeline.toml --json\n",
          [](FlagSet& set, World& world) {
            auto flags = std::make_shared<CheckFlags>();
            set.word("file", flags->file, "the pipeline file");
            set.flag("--json", flags->json, "the mistakes as one JSON array on stdout");
            add_plugin_path_flag(set, flags->plugin_path);
            return Action([flags, &world] { return check(*flags, world); });
          }};
}

}  // namespace millrace::cli
