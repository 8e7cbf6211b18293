#include <algorithm>
#include <memory>
#include <ostream>

#include <nlohmann/json.hpp>

#include "core/cli/exit_code.hpp"
#include "core/cli/plugin_path.hpp"
#include "core/cli/plugin_path_flag.hpp"
#include "core/cli/verb.hpp"
#include "core/cli/verbs.hpp"
#include "core/config/option_reader.hpp"
#include "core/diagnostics/nearest.hpp"

namespace millrace::cli {
namespace {

struct DescribeFlags {
  std::string name;
  std::string form = "text";
  bool json = false;
  std::vector<std::string> plugin_path;
};

void write_text(const ComponentType& type, std::ostream& out) {
  out << type.name << " (" << name_of(type.kind) << "): " << type.summary << "\n  plugin "
      << type.plugin.name << ' ' << type.plugin.version << ", " << type.plugin.path.string()
      << '\n';
  for (const OptionSpec& option : type.options) {
    out << "\n  " << option.name << "  " << name_of(option.type);
    if (option.required) out << ", required";
    if (option.secret) out << ", secret";
    if (!option.required && !option.default_text.empty()) {
      out << ", default " << option.default_text;
    }
    if (!option.choices.empty()) out << ", one of " << join_quoted(option.choices);
    if (!option.help.empty()) out << "\n      " << option.help;
    out << '\n';
  }
  if (type.options.empty()) out << "\n  no options of its own\n";
}

nlohmann::ordered_json to_json(const ComponentType& type) {
  nlohmann::ordered_json options = nlohmann::ordered_json::array();
  for (const OptionSpec& option : type.options) {
    nlohmann::ordered_json one = {{"name", option.name},
                                  {"type", name_of(option.type)},
                                  {"required", option.required},
                                  {"secret", option.secret},
                                  {"help", option.help}};
    if (!option.required && !option.default_text.empty()) one["default"] = option.default_text;
    if (!option.choices.empty()) one["choices"] = option.choices;
    options.push_back(std::move(one));
  }
  return {{"kind", name_of(type.kind)},     {"name", type.name},
          {"summary", type.summary},        {"plugin", type.plugin.name},
          {"version", type.plugin.version}, {"path", type.plugin.path.string()},
          {"options", std::move(options)}};
}

/// A block to paste: required options to be filled in, the others as comments.
void write_toml(const ComponentType& type, std::ostream& out) {
  const bool is_component = type.kind == PluginKind::source || type.kind == PluginKind::transform ||
                            type.kind == PluginKind::sink;
  if (is_component) {
    out << '[' << name_of(type.kind) << "s.my_" << type.name << "]\n";
  } else {
    out << "# " << (type.kind == PluginKind::format ? "format" : "state_store") << " = { type = \""
        << type.name << "\", ... }\n";
  }
  out << "type = \"" << type.name << "\"\n";
  const bool has_inputs = type.kind == PluginKind::transform || type.kind == PluginKind::sink;
  if (has_inputs) out << "inputs = [\"...\"]\n";
  for (const OptionSpec& option : type.options) {
    const bool has_default = !option.required && !option.default_text.empty();
    out << (option.required ? "" : "# ") << option.name << " = "
        << (has_default ? option.default_text : example_of(option));
    if (!option.help.empty()) out << "  # " << option.help;
    out << '\n';
  }
}

int report_unknown(const std::string& name, const Catalog& catalog, World& world) {
  std::vector<std::string> names;
  for (const ComponentType* type : catalog.all()) names.push_back(type->name);
  world.err << "error: no plugin has a component type `" << name << "`\n";
  if (const auto near = nearest(name, names)) {
    world.err << "  = help: did you mean `" << *near << "`?\n";
  }
  world.err << "  = help: `millrace plugins list` shows the types\n";
  return exit_not_held;
}

int describe(const DescribeFlags& flags, World& world) {
  const Catalog catalog = load_catalog({flags.plugin_path, {}}, world.environment);
  std::vector<const ComponentType*> found;
  for (const ComponentType* type : catalog.all()) {
    if (type->name == flags.name) found.push_back(type);
  }
  if (found.empty()) return report_unknown(flags.name, catalog, world);
  if (flags.json || flags.form == "json") {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const ComponentType* type : found) all.push_back(to_json(*type));
    world.out << all.dump() << '\n';
    return exit_done;
  }
  for (const ComponentType* type : found) {
    if (type != found.front()) world.out << '\n';
    flags.form == "toml" ? write_toml(*type, world.out) : write_text(*type, world.out);
  }
  return exit_done;
}

}  // namespace

Verb plugins_describe_verb() {
  return {"plugins describe", "show the options of a component type",
          "  millrace plugins describe kafka\n"
          "  millrace plugins describe console --format toml\n",
          [](FlagSet& set, World& world) {
            auto flags = std::make_shared<DescribeFlags>();
            set.word("name", flags->name, "what `type` says in a pipeline file");
            set.choice("--format", flags->form, {"text", "json", "toml"},
                       "text, json or toml (a block to paste)");
            set.flag("--json", flags->json, "the same as --format json");
            add_plugin_path_flag(set, flags->plugin_path);
            return Action([flags, &world] { return describe(*flags, world); });
          }};
}

}  // namespace millrace::cli
