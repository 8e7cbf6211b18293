#include "core/config/component_reader.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include "core/config/table_reader.hpp"

namespace millrace {
namespace {

std::optional<WatermarkConfig> read_watermark(const Entry& entry, Diagnostics& diagnostics) {
  const Table* table = entry.value.as_table();
  if (table == nullptr) {
    report_wrong_type(entry.value, "`watermark`", "a table", diagnostics)
        .help(R"(write watermark = { column = "ts", delay = "10 seconds" })");
    return std::nullopt;
  }
  TableReader reader(*table, diagnostics);
  for (const char* key : {"column", "delay"}) {
    if (table->find(key) != nullptr) continue;
    diagnostics.error(codes::missing_key, "`watermark` needs " + TableReader::quoted(key))
        .at(entry.value.span(), TableReader::quoted(key) + " is missing here")
        .help(R"(write watermark = { column = "ts", delay = "10 seconds" })");
  }
  const WrittenText* column = reader.text("column");
  const auto delay = reader.duration_us("delay");
  const auto idle_after = reader.duration_us("idle_after");
  const auto across = reader.choice<WatermarkPolicy, 2>("across");
  const auto max_ahead = reader.duration_us("max_ahead");
  reader.report_rest("`watermark`");
  if (column == nullptr || !delay) return std::nullopt;
  WatermarkConfig result;
  result.column = {column->text, column->span};
  result.delay_us = *delay;
  if (idle_after) result.idle_after_us = idle_after->value;
  if (across) result.across = across->value;
  if (max_ahead) result.max_ahead_us = max_ahead->value;
  result.span = entry.value.span();
  return result;
}

std::optional<std::vector<SchemaColumn>> read_schema(const Entry& entry, Diagnostics& diagnostics) {
  const Table* table = entry.value.as_table();
  if (table == nullptr) {
    report_wrong_type(entry.value, "`schema`", "a table of columns and their types", diagnostics)
        .help(R"(write schema = { key = "string", ts = "timestamp" })");
    return std::nullopt;
  }
  std::vector<SchemaColumn> columns;
  for (const Entry& column : table->entries) {
    const WrittenText* type = read_text(
        column.value, "the type of column " + TableReader::quoted(column.key), diagnostics);
    if (type != nullptr) columns.push_back({column.key, column.key_span, *type});
  }
  if (table->entries.empty()) {
    diagnostics.error(codes::bad_schema, "`schema` has no columns").at(entry.value.span());
  }
  return columns;
}

void read_inputs(TableReader& reader, const Table& table, Component& component) {
  if (const Entry* entry = table.find("inputs")) component.inputs_span = entry->key_span;
  for (const WrittenText* text : reader.texts("inputs", "name")) {
    component.inputs.push_back({text->text, text->span});
  }
}

void read_format(TableReader& reader, Component& component) {
  if (const Entry* entry = reader.take("format")) {
    component.format = read_plugin_choice(*entry, reader.diagnostics());
  }
}

void read_watermark_key(TableReader& reader, Component& component) {
  if (const Entry* entry = reader.take("watermark")) {
    component.watermark = read_watermark(*entry, reader.diagnostics());
    component.watermark_refused = !component.watermark;
  }
}

std::optional<RetryConfig> read_retry(const Entry& entry, Diagnostics& diagnostics) {
  const Table* table = entry.value.as_table();
  if (table == nullptr) {
    report_wrong_type(entry.value, "`retry`", "a table", diagnostics)
        .help(R"(write retry = { attempts = 10, backoff = "100 ms", max_backoff = "10 seconds" })");
    return std::nullopt;
  }
  TableReader reader(*table, diagnostics);
  RetryConfig retry;
  retry.span = entry.key_span;
  if (const auto attempts = reader.integer("attempts", 1)) retry.attempts = attempts->value;
  if (const auto backoff = reader.duration_us("backoff")) retry.backoff_us = backoff->value;
  if (const auto longest = reader.duration_us("max_backoff")) retry.max_backoff_us = longest->value;
  reader.report_rest("`retry`");
  return retry;
}

template <class Choice, std::size_t count>
void read_choice_key(TableReader& reader, std::string_view key, Located<Choice>& target) {
  if (const auto choice = reader.choice<Choice, count>(key)) target = *choice;
}

void read_engine_keys(TableReader& reader, const Table& table, Component& component) {
  if (component.kind == ComponentKind::source || component.kind == ComponentKind::table) {
    read_format(reader, component);
    if (const Entry* entry = reader.take("schema")) {
      component.schema_span = entry->key_span;
      component.schema = read_schema(*entry, reader.diagnostics());
    }
    if (component.kind == ComponentKind::table) return;
    read_watermark_key(reader, component);
    read_choice_key<OnError, 3>(reader, "on_error", component.on_error);
  } else if (component.kind == ComponentKind::transform) {
    read_inputs(reader, table, component);
    read_watermark_key(reader, component);
  } else {
    read_inputs(reader, table, component);
    read_choice_key<OutputMode, 3>(reader, "output_mode", component.output_mode);
    read_format(reader, component);
    read_choice_key<Delivery, 2>(reader, "delivery", component.delivery);
    read_choice_key<OnError, 3>(reader, "on_error", component.on_error);
    if (const Entry* entry = reader.take("retry"))
      component.retry = read_retry(*entry, reader.diagnostics());
  }
}

void check_name(const Entry& entry, Diagnostics& diagnostics) {
  const auto allowed = [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '_' || letter == '-';
  };
  if (!entry.key.empty() && std::all_of(entry.key.begin(), entry.key.end(), allowed)) return;
  const bool has_dot = entry.key.find('.') != std::string::npos;
  diagnostics.error(codes::bad_name, "a component cannot be named `" + entry.key + '`')
      .at(entry.key_span, has_dot ? "a dot selects an output, as in `events.dead_letter`"
                                  : "letters, digits, `_` and `-` make a name");
}

Component read_component(ComponentKind kind, const Entry& entry, const Table& table,
                         Diagnostics& diagnostics) {
  check_name(entry, diagnostics);
  Component component;
  component.kind = kind;
  component.name = entry.key;
  component.name_span = entry.key_span;
  component.type.span = entry.key_span;
  TableReader reader(table, diagnostics);
  if (table.find("type") == nullptr) {
    diagnostics
        .error(codes::missing_key,
               std::string(name_of(kind)) + ' ' + TableReader::quoted(entry.key) + " needs `type`")
        .at(entry.key_span, "`type` is missing here")
        .help("run `millrace plugins list` for the types that there are");
  }
  if (const WrittenText* type = reader.text("type")) component.type = {type->text, type->span};
  read_engine_keys(reader, table, component);
  Table options;
  for (const Entry* other : reader.rest()) options.entries.push_back(*other);
  component.options = Value(std::move(options), entry.key_span);
  return component;
}

void read_group(ComponentKind kind, const Entry* group, std::vector<Component>& components,
                Diagnostics& diagnostics) {
  if (group == nullptr) return;
  const std::string header = '[' + group->key + ".NAME]";
  const Table* table = group->value.as_table();
  if (table == nullptr) {
    report_wrong_type(group->value, TableReader::quoted(group->key), "a table", diagnostics)
        .help("write a header " + header + " for each " + std::string(name_of(kind)));
    return;
  }
  for (const Entry& entry : table->entries) {
    if (const Table* keys = entry.value.as_table()) {
      components.push_back(read_component(kind, entry, *keys, diagnostics));
      continue;
    }
    report_wrong_type(entry.value, TableReader::quoted(group->key + '.' + entry.key),
                      "a table: a " + std::string(name_of(kind)), diagnostics)
        .help("write a header " + header + " above the keys of a " + std::string(name_of(kind)));
  }
}

void report_duplicates(const std::vector<Component>& components, Diagnostics& diagnostics) {
  for (auto one = components.begin(); one != components.end(); ++one) {
    const auto first = std::find_if(components.begin(), one,
                                    [&](const auto& other) { return other.name == one->name; });
    if (first == one) continue;
    diagnostics.error(codes::duplicate_name, "two components are named `" + one->name + '`')
        .at(one->name_span, "a " + std::string(name_of(one->kind)) + " of this name")
        .at(first->name_span, "a " + std::string(name_of(first->kind)) + " has it already")
        .help("inputs refer to components by name alone, so every name must be its own");
  }
}

}  // namespace

std::vector<std::string> engine_keys(ComponentKind kind) {
  switch (kind) {
    case ComponentKind::source:
      return {"type", "format", "schema", "watermark", "on_error"};
    case ComponentKind::transform:
      return {"type", "inputs", "watermark"};
    case ComponentKind::sink:
      return {"type", "inputs", "output_mode", "format", "delivery", "on_error", "retry"};
    case ComponentKind::table:
      return {"type", "format", "schema"};
  }
  return {};
}

std::vector<Component> read_components(const ComponentHeaders& headers, Diagnostics& diagnostics) {
  std::vector<Component> components;
  read_group(ComponentKind::source, headers.sources, components, diagnostics);
  read_group(ComponentKind::table, headers.tables, components, diagnostics);
  read_group(ComponentKind::transform, headers.transforms, components, diagnostics);
  read_group(ComponentKind::sink, headers.sinks, components, diagnostics);
  std::sort(components.begin(), components.end(),
            [](const auto& left, const auto& right) { return left.name_span < right.name_span; });
  report_duplicates(components, diagnostics);
  return components;
}

}  // namespace millrace
