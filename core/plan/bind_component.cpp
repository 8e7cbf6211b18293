#include <algorithm>

#include "core/diagnostics/nearest.hpp"
#include "core/plan/plan_builder.hpp"

namespace millrace {
namespace {

PluginKind plugin_kind(ComponentKind kind) {
  if (kind == ComponentKind::source || kind == ComponentKind::table) return PluginKind::source;
  return kind == ComponentKind::sink ? PluginKind::sink : PluginKind::transform;
}

void report_unknown_type(const Catalog& catalog, PluginKind kind, const Located<std::string>& type,
                         Diagnostics& diagnostics) {
  const auto names = catalog.names(kind);
  const auto near = nearest(type.value, names);
  auto& diagnostic =
      diagnostics.error(codes::unknown_component_type,
                        "there is no " + std::string(name_of(kind)) + " type `" + type.value + "`");
  diagnostic.at(type.span, near ? "did you mean `" + *near + "`?" : "no plugin has this type");
  diagnostic.note("known " + std::string(name_of(kind)) + " types: " + join_quoted(names));
  for (const auto other : {PluginKind::source, PluginKind::transform, PluginKind::sink})
    if (other != kind && catalog.find(other, type.value) != nullptr)
      diagnostic.note("`" + type.value + "` is a " + std::string(name_of(other)) + " type");
  diagnostic.help("run `millrace plugins list`, or add the plugin's directory to `plugin_path`");
}

// The place of "slide", of entry "total" for "aggregates.total", or of what is behind more dots.
std::optional<Span> place_in(const Table& table, std::string_view path) {
  for (const auto& entry : table.entries) {
    if (entry.key == path) return entry.value.span();
    const auto* inner = entry.value.as_table();
    if (inner == nullptr || !path.starts_with(entry.key + '.')) continue;
    if (const auto place = place_in(*inner, path.substr(entry.key.size() + 1))) return place;
  }
  return std::nullopt;
}

std::optional<Span> place_of(const Component& component, const std::string& option) {
  if (option == "inputs" && component.inputs_span.known()) return component.inputs_span;
  const auto* table = component.options.as_table();
  if (table == nullptr || option.empty()) return std::nullopt;
  if (const auto place = place_in(*table, option)) return place;
  const auto* entry = table->find(option.substr(0, option.find('.')));
  return entry == nullptr ? std::nullopt : std::optional(entry->value.span());
}

// Takes out what a plugin blames: "aggregates.total". False where it blames no entry.
bool remove_entry(const std::string& option, OptionValues& options) {
  const auto dot = option.find('.');
  if (dot == std::string::npos) return false;
  for (auto& value : options.values) {
    auto* named = std::get_if<std::vector<NamedText>>(&value.content);
    if (named == nullptr || value.name != option.substr(0, dot)) continue;
    return std::erase_if(
               *named, [&](const auto& each) { return each.name == option.substr(dot + 1); }) != 0;
  }
  return false;
}

OptionOwner owner_of(const Component& component, const ComponentType& type) {
  return {component.title(), component.type.span, type.name, engine_keys(component.kind)};
}

// Gives a condition that moved in front of an aggregation to the option that takes such.
void add_window_condition(const std::string& condition, const ComponentType& type,
                          OptionValues& options) {
  for (const auto& spec : type.options) {
    if (!spec.of_windows || options.find(spec.name) != nullptr) continue;
    OptionValue value;
    value.name = spec.name;
    value.type = spec.type;
    value.of_windows = true;
    value.content = WrittenText{condition, condition, {}, {}};
    options.values.push_back(std::move(value));
  }
}

}  // namespace

const ComponentType* PlanBuilder::find_type(const Component& component) {
  if (component.type.value.empty()) return nullptr;  // reported where it was read
  const auto kind = plugin_kind(component.kind);
  const auto* type = catalog_.find(kind, component.type.value);
  if (type == nullptr) report_unknown_type(catalog_, kind, component.type, diagnostics_);
  return type;
}

// What a component without its inputs says can be checked all the same, though not bound.
void PlanBuilder::check_unbound(const Component& component) {
  if (const auto* type = find_type(component))
    check_options(component.options, type->options, owner_of(component, *type), diagnostics_);
  if (component.format)
    parts_of_choice(PluginKind::format, *component.format, component.title(), component.name);
}

bool PlanBuilder::make(const Component& component, const ComponentType& type, OptionBinder& binder,
                       const std::function<void(const ComponentParts&)>& make_from) {
  const auto errors = diagnostics_.error_count();
  auto options =
      check_options(component.options, type.options, owner_of(component, type), diagnostics_);
  if (const auto moved = moved_->by_window.find(component.name); moved != moved_->by_window.end())
    add_window_condition(moved->second, type, options);
  if (const auto moved = moved_->by_join.find(component.name); moved != moved_->by_join.end())
    binder.add_to_join(moved->second);
  ComponentParts parts{
      &type,
      std::make_shared<ComponentHost>(services_, config_.name, component.name, host_meaning()),
      binder.bind(options), component.title()};
  for (;;) {
    try {
      make_from(parts);
      return diagnostics_.error_count() == errors;
    } catch (const Error& error) {
      // Once something is wrong, only what a plugin says of single entries is worth repeating.
      const bool of_entry = remove_entry(error.option, options);
      if (of_entry || diagnostics_.error_count() == errors) report(error, component);
      if (!of_entry) return false;
    }
    Diagnostics told(diagnostics_.file());
    parts.values = OptionBinder(binder, told).bind(options);
  }
}

std::optional<ComponentParts> PlanBuilder::parts_of_choice(PluginKind kind,
                                                           const PluginChoice& choice,
                                                           const std::string& title,
                                                           const std::string& component_name) {
  const auto* type = catalog_.find(kind, choice.type.value);
  if (type == nullptr) {
    report_unknown_type(catalog_, kind, choice.type, diagnostics_);
    return std::nullopt;
  }
  const auto errors = diagnostics_.error_count();
  const OptionOwner owner{
      std::string(name_of(kind)) + " `" + type->name + "`", choice.type.span, type->name, {"type"}};
  const auto options = check_options(choice.options, type->options, owner, diagnostics_);
  auto values = OptionBinder(nullptr, meaning(), diagnostics_).bind(options);
  if (diagnostics_.error_count() != errors) return std::nullopt;
  return ComponentParts{
      type,
      std::make_shared<ComponentHost>(services_, config_.name, component_name, host_meaning()),
      std::move(values), title};
}

void PlanBuilder::report(const Error& error, const Component& component) {
  // The handle put the component's title in front, which the caret shows better.
  std::string message = error.what();
  const auto title = component.title() + ": ";
  if (message.starts_with(title)) message.erase(0, title.size());
  const auto place = place_of(component, error.option);
  diagnostics_.error(codes::plugin_rejects, component.title() + ": " + message)
      .at(place.value_or(component.name_span),
          place || error.option.empty() ? "" : "`" + error.option + "` is not given")
      .help("run `millrace plugins describe " + component.type.value + "` for its options");
}

std::optional<PlannedFormat> PlanBuilder::bind_format(const Component& component,
                                                      const PluginChoice& choice,
                                                      std::shared_ptr<const Schema> rows) {
  auto parts = parts_of_choice(PluginKind::format, choice, component.title(), component.name);
  if (!parts) return std::nullopt;
  try {
    FormatHandle(*parts, rows);  // Checks its options and the schema.
  } catch (const Error& error) {
    const auto title = component.title() + ": ";
    std::string message = error.what();
    if (message.starts_with(title)) message.erase(0, title.size());
    diagnostics_
        .error(codes::plugin_rejects,
               "format `" + parts->type->name + "` of " + component.title() + ": " + message)
        .at(choice.type.span)
        .help("run `millrace plugins describe " + parts->type->name + "` for its options");
    return std::nullopt;
  }
  return PlannedFormat{std::move(*parts), std::move(rows)};
}

}  // namespace millrace
