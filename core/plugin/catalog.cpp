#include "core/plugin/catalog.hpp"

#include <algorithm>
#include <set>

#include "millrace/error.hpp"

#include "core/plugin/library.hpp"

namespace millrace {
namespace {

std::vector<std::string> split_choices(std::string_view text) {
  std::vector<std::string> choices;
  while (!text.empty()) {
    const auto comma = text.find(',');
    choices.emplace_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return choices;
}

// Descriptors spell defaults as a file would, strings in quotes; option specs hold the bare text.
std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    return text.substr(1, text.size() - 2);
  return text;
}

OptionSpec load_option(const mr_option& from) {
  OptionSpec option;
  option.name = view(from.name);
  option.type = static_cast<OptionType>(from.type);
  option.required = (from.flags & MR_OPTION_REQUIRED) != 0;
  option.secret = (from.flags & MR_OPTION_SECRET) != 0;
  option.of_windows = (from.flags & MR_OPTION_OF_WINDOWS) != 0;
  option.scalar = (from.flags & MR_OPTION_SCALAR) != 0;
  option.default_text = unquoted(view(from.default_text));
  option.help = view(from.help);
  option.choices = split_choices(view(from.choices));
  return option;
}

// Both enumerations are contracts of their own; this holds them together.
static_assert(static_cast<int>(OptionType::boolean) == MR_OPTION_BOOLEAN);
static_assert(static_cast<int>(OptionType::integer) == MR_OPTION_INTEGER);
static_assert(static_cast<int>(OptionType::real) == MR_OPTION_REAL);
static_assert(static_cast<int>(OptionType::string) == MR_OPTION_STRING);
static_assert(static_cast<int>(OptionType::duration) == MR_OPTION_DURATION);
static_assert(static_cast<int>(OptionType::size) == MR_OPTION_SIZE);
static_assert(static_cast<int>(OptionType::string_list) == MR_OPTION_STRING_LIST);
static_assert(static_cast<int>(OptionType::string_map) == MR_OPTION_STRING_MAP);
static_assert(static_cast<int>(OptionType::columns) == MR_OPTION_COLUMNS);
static_assert(static_cast<int>(OptionType::expression) == MR_OPTION_EXPRESSION);
static_assert(static_cast<int>(OptionType::expressions) == MR_OPTION_EXPRESSIONS);
static_assert(static_cast<int>(OptionType::aggregates) == MR_OPTION_AGGREGATES);
static_assert(static_cast<int>(OptionType::join) == MR_OPTION_JOIN);

}  // namespace

std::string_view name_of(PluginKind kind) {
  constexpr std::string_view names[] = {"source", "format", "transform", "sink", "store"};
  return names[static_cast<size_t>(kind)];
}

void Catalog::add(const std::filesystem::path& path, bool must_exist) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    if (must_exist)
      refused_.push_back({path, "plugin_path " + path.string() +
                                    " does not exist; name a directory of plugins or a .so file"});
    return;
  }
  if (!std::filesystem::is_directory(path, error)) return add_file(path);
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path, error))
    if (entry.path().extension() == ".so") files.insert(entry.path());
  for (const auto& file : files) add_file(file);
}

void Catalog::add_file(const std::filesystem::path& path) {
  std::error_code error;
  for (const auto& plugin : plugins_)
    if (std::filesystem::equivalent(plugin.path, path, error)) return;
  try {
    const auto& descriptor = load_plugin(path);
    const PluginInfo info{std::string(view(descriptor.name)),
                          std::string(view(descriptor.version)),
                          std::string(view(descriptor.built_with)),
                          descriptor.abi_major,
                          descriptor.abi_minor,
                          path};
    for (size_t i = 0; i < descriptor.component_count; ++i) {
      const auto& from = *descriptor.components[i];
      ComponentType type{static_cast<PluginKind>(from.kind),
                         std::string(view(from.name)),
                         std::string(view(from.summary)),
                         {},
                         from.flags,
                         from.functions,
                         info};
      for (size_t j = 0; j < from.option_count; ++j)
        type.options.push_back(load_option(*from.options[j]));
      const auto key = std::pair(type.kind, type.name);
      const auto& [at, fresh] = types_.emplace(key, std::move(type));
      if (!fresh)
        throw PluginRefused(path, "its " + std::string(name_of(key.first)) + " `" + key.second +
                                      "` exists already, in " + at->second.plugin.path.string() +
                                      "; remove one of the two files from the plugin path, or "
                                      "rename the component and rebuild it");
    }
    plugins_.push_back(info);
  } catch (const PluginRefused& refusal) {
    refused_.push_back({path, refusal.what()});
  }
}

const ComponentType* Catalog::find(PluginKind kind, std::string_view name) const {
  const auto found = types_.find({kind, std::string(name)});
  return found == types_.end() ? nullptr : &found->second;
}

std::vector<std::string> Catalog::names(PluginKind kind) const {
  std::vector<std::string> names;
  for (const auto& [key, type] : types_)
    if (key.first == kind) names.push_back(key.second);
  return names;
}

std::vector<const ComponentType*> Catalog::all() const {
  std::vector<const ComponentType*> types;
  for (const auto& [key, type] : types_) types.push_back(&type);
  return types;
}

}  // namespace millrace
