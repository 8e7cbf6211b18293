#include "core/config/config.hpp"

#include <algorithm>
#include <filesystem>

namespace millrace {

std::string_view name_of(ComponentKind kind) {
  constexpr std::string_view names[] = {"source", "transform", "sink", "table"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(OnError choice) {
  constexpr std::string_view names[] = {"fail", "drop", "dead_letter"};
  return names[static_cast<std::size_t>(choice)];
}

std::string_view name_of(OutputMode mode) {
  constexpr std::string_view names[] = {"append", "update", "complete"};
  return names[static_cast<std::size_t>(mode)];
}

std::string_view name_of(Delivery delivery) {
  constexpr std::string_view names[] = {"at_least_once", "exactly_once"};
  return names[static_cast<std::size_t>(delivery)];
}

std::string_view name_of(WatermarkPolicy policy) {
  constexpr std::string_view names[] = {"min", "max"};
  return names[static_cast<std::size_t>(policy)];
}

std::string Component::title() const {
  return std::string(name_of(kind)) + " `" + name + "` (type `" + type.value + "`)";
}

const Component* Config::find(std::string_view component_name) const {
  const auto found = std::find_if(components.begin(), components.end(),
                                  [&](const auto& one) { return one.name == component_name; });
  return found == components.end() ? nullptr : &*found;
}

std::optional<Config> load_config(const Environment& environment, Diagnostics& diagnostics) {
  const std::optional<Value> root = read_toml(environment, diagnostics);
  if (!root) return std::nullopt;
  const std::string stem = std::filesystem::path(diagnostics.file().name()).stem().string();
  Config config = read_config(*root, stem, diagnostics);
  check_graph(config, diagnostics);
  return config;
}

}  // namespace millrace
