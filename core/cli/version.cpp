#include <memory>
#include <ostream>

#include <nlohmann/json.hpp>

#include "core/cli/build_info.hpp"
#include "core/cli/exit_code.hpp"
#include "core/cli/verb.hpp"
#include "core/cli/verbs.hpp"

namespace millrace::cli {
namespace {

int show(World& world, bool json) {
  if (json) {
    const nlohmann::ordered_json version = {{"version", build_version()},
                                            {"revision", build_revision()},
                                            {"plugin_abi", plugin_abi()},
                                            {"compiler", build_compiler()}};
    world.out << version.dump() << '\n';
  } else {
    world.out << "millrace " << build_version() << "\nplugin ABI " << plugin_abi()
              << "\nbuilt with " << build_compiler() << '\n';
  }
  return exit_done;
}

}  // namespace

Verb version_verb() {
  return {"version", "show the version and what plugins must be built for",
          "  millrace version\n  millrace version --json\n", [](FlagSet& set, World& world) {
            auto json = std::make_shared<bool>(false);
            set.flag("--json", *json, "one JSON object instead of text");
            return Action([json, &world] { return show(world, *json); });
          }};
}

}  // namespace millrace::cli
