#include "core/plugin/descriptor.hpp"

#include <cstddef>
#include <cstring>
#include <elf.h>
#include <limits>

#include "millrace/error.hpp"

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

// More than any plugin has; what says so is not a descriptor.
constexpr size_t most_entries = 10'000;

// Structs grow at their end: these are the members that every release has.
constexpr size_t size_of_plugin = offsetof(mr_plugin, component_count) + sizeof(size_t);
constexpr size_t size_of_component = offsetof(mr_component, functions) + sizeof(void*);
constexpr size_t size_of_option = offsetof(mr_option, help) + sizeof(mr_str);

// An array of pointers, and a text, as they may be read.
template <class Entry>
bool is_sound(const Entry* const* entries, size_t count) {
  if (count > most_entries || (count != 0 && entries == nullptr)) return false;
  for (size_t i = 0; i < count; ++i)
    if (entries[i] == nullptr) return false;
  return true;
}

bool is_sound(const mr_str& text) { return text.data != nullptr || text.size == 0; }

bool is_sound(const mr_option& option) {
  return option.size >= size_of_option && option.type >= MR_OPTION_BOOLEAN &&
         option.type <= MR_OPTION_JOIN && option.name.size != 0 && is_sound(option.name) &&
         is_sound(option.default_text) && is_sound(option.choices) && is_sound(option.help);
}

void check_plugin(const std::filesystem::path& path, const mr_plugin* plugin) {
  if (plugin == nullptr || plugin->size < size_of_plugin)
    throw PluginRefused(path, "its descriptor is empty or too small; " + this_abi() +
                                  "; rebuild it with this release's SDK");
  if (plugin->abi_major != MR_ABI_MAJOR)
    throw PluginRefused(
        path, "it says it is built for plugin ABI " + std::to_string(plugin->abi_major) + "." +
                  std::to_string(plugin->abi_minor) + " (" +
                  std::string(is_sound(plugin->built_with) ? view(plugin->built_with) : "") +
                  "), but " + this_abi() + "; rebuild it with this release's SDK");
  if (!is_sound(plugin->name) || !is_sound(plugin->version) || !is_sound(plugin->built_with) ||
      plugin->component_count == 0 || !is_sound(plugin->components, plugin->component_count))
    throw PluginRefused(path, "its descriptor lists no components, or cannot be read; " +
                                  this_abi() + "; rebuild it with this release's SDK");
}

void check_component(const std::filesystem::path& path, const mr_component& component,
                     size_t number) {
  const auto place = "component " + std::to_string(number) + " of its descriptor ";
  if (component.size < size_of_component || component.name.size == 0 || !is_sound(component.name) ||
      !is_sound(component.summary) || component.functions == nullptr ||
      component.kind < MR_SOURCE || component.kind > MR_STORE)
    throw PluginRefused(path,
                        place + "has no name, no functions or an unknown kind; " + this_abi());
  bool sound = is_sound(component.options, component.option_count);
  for (size_t i = 0; sound && i < component.option_count; ++i)
    sound = is_sound(*component.options[i]);
  if (!sound)
    throw PluginRefused(
        path, place + "has an option without a name or of an unknown type; " + this_abi());
}

}  // namespace

std::string_view name_of(PluginKind kind) {
  constexpr std::string_view names[] = {"source", "format", "transform", "sink", "store"};
  return names[static_cast<size_t>(kind)];
}

std::string this_abi() {
  return "this millrace is built for plugin ABI " + std::to_string(MR_ABI_MAJOR) + "." +
         std::to_string(MR_ABI_MINOR);
}

// A file that was cut short may be mapped all the same and then kill the process when it is read,
// or work by luck. The linker puts the table of sections last: a file that ends before it is cut.
std::optional<uint64_t> length_of_object(const std::filesystem::path& path,
                                         std::string_view beginning) {
  if (!beginning.starts_with(ELFMAG))
    throw PluginRefused(path, "it is not a shared object (found no ELF header); " + this_abi() +
                                  "; build plugins with millrace_add_plugin()");
  Elf64_Ehdr header{};
  if (beginning.size() < sizeof header) return sizeof header;
  std::memcpy(&header, beginning.data(), sizeof header);
  if (header.e_ident[EI_CLASS] != ELFCLASS64) return std::nullopt;
  const uint64_t sections = uint64_t{header.e_shnum} * header.e_shentsize;
  if (header.e_shoff > std::numeric_limits<uint64_t>::max() - sections)
    return std::numeric_limits<uint64_t>::max();
  return header.e_shoff + sections;
}

std::vector<ComponentType> read_descriptor(const std::filesystem::path& path,
                                           const mr_plugin* plugin) {
  check_plugin(path, plugin);
  const PluginInfo info{std::string(view(plugin->name)),
                        std::string(view(plugin->version)),
                        std::string(view(plugin->built_with)),
                        plugin->abi_major,
                        plugin->abi_minor,
                        path};
  std::vector<ComponentType> types;
  for (size_t i = 0; i < plugin->component_count; ++i) {
    const mr_component& from = *plugin->components[i];
    check_component(path, from, i);
    ComponentType type{static_cast<PluginKind>(from.kind),
                       std::string(view(from.name)),
                       std::string(view(from.summary)),
                       {},
                       from.flags,
                       from.functions,
                       info};
    for (size_t j = 0; j < from.option_count; ++j)
      type.options.push_back(load_option(*from.options[j]));
    types.push_back(std::move(type));
  }
  return types;
}

}  // namespace millrace
