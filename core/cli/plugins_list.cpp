#include <algorithm>
#include <memory>
#include <ostream>

#include <nlohmann/json.hpp>

#include "core/cli/exit_code.hpp"
#include "core/cli/plugin_path.hpp"
#include "core/cli/plugin_path_flag.hpp"
#include "core/cli/verb.hpp"
#include "core/cli/verbs.hpp"

namespace millrace::cli {
namespace {

struct ListFlags {
  bool json = false;
  std::vector<std::string> plugin_path;
};

nlohmann::ordered_json to_json(const Catalog& catalog) {
  nlohmann::ordered_json components = nlohmann::ordered_json::array();
  for (const ComponentType* type : catalog.all()) {
    components.push_back({{"kind", name_of(type->kind)},
                          {"name", type->name},
                          {"summary", type->summary},
                          {"plugin", type->plugin.name},
                          {"version", type->plugin.version},
                          {"abi", std::to_string(type->plugin.abi_major) + '.' +
                                      std::to_string(type->plugin.abi_minor)},
                          {"path", type->plugin.path.string()}});
  }
  nlohmann::ordered_json refused = nlohmann::ordered_json::array();
  for (const RefusedPlugin& one : catalog.refused()) {
    refused.push_back({{"path", one.path.string()}, {"reason", one.reason}});
  }
  return {{"components", components}, {"refused", refused}};
}

void write_table(const Catalog& catalog, std::ostream& out) {
  std::vector<std::vector<std::string>> rows = {{"KIND", "NAME", "PLUGIN", "VERSION", "SUMMARY"}};
  for (const ComponentType* type : catalog.all()) {
    rows.push_back({std::string(name_of(type->kind)), type->name, type->plugin.name,
                    type->plugin.version, type->summary});
  }
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      out << row[i] << std::string(widths[i] - row[i].size() + 2, ' ');
    }
    out << row.back() << '\n';
  }
}

/// The list is shown in any case, but a plugin that cannot be used makes the answer a no.
int show_list(const ListFlags& flags, World& world) {
  const Catalog catalog = load_catalog({flags.plugin_path, {}}, world.environment);
  if (flags.json) {
    world.out << to_json(catalog).dump() << '\n';
  } else {
    write_table(catalog, world.out);
    for (const RefusedPlugin& one : catalog.refused()) world.err << "error: " << one.reason << '\n';
  }
  return catalog.refused().empty() ? exit_done : exit_configuration;
}

}  // namespace

Verb plugins_list_verb() {
  return {"plugins list", "show every component type that can be used",
          "  millrace plugins list\n  millrace plugins list --plugin-path ./build --json\n",
          [](FlagSet& set, World& world) {
            auto flags = std::make_shared<ListFlags>();
            set.flag("--json", flags->json, "one JSON object instead of a table");
            add_plugin_path_flag(set, flags->plugin_path);
            return Action([flags, &world] { return show_list(*flags, world); });
          }};
}

}  // namespace millrace::cli
