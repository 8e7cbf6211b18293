#include <algorithm>

#include "core/expression/expression_error.hpp"
#include "core/expression/types.hpp"
#include "core/plan/plan_builder.hpp"

namespace millrace {
namespace {

// A record's own columns hide what the source knows of it under the same name.
Schema with_metadata(const Schema& decoded, const Schema& raw, int payload) {
  Schema rows = decoded;
  for (size_t i = 0; i < raw.size(); ++i) {
    if (static_cast<int>(i) == payload || rows.index_of(raw[i].name) >= 0) continue;
    rows.fields.push_back({raw[i].name, raw[i].type, true});
  }
  return rows;
}

// What is kept of a record that cannot be decoded: why, the bytes, and where it came from.
std::shared_ptr<const Schema> dead_letter_schema(const Schema& raw, int payload) {
  Schema rows{{{"reason", TypeId::string},
               {"source", TypeId::string},
               {"value", TypeId::string},
               {"value_base64", TypeId::binary}}};
  for (size_t i = 0; i < raw.size(); ++i)
    if (static_cast<int>(i) != payload && rows.index_of(raw[i].name) < 0)
      rows.fields.push_back({raw[i].name, raw[i].type});
  return std::make_shared<const Schema>(std::move(rows));
}

Schema only(const Schema& rows, const std::set<std::string>& wanted) {
  Schema kept;
  for (const auto& field : rows.fields)
    if (wanted.contains(field.name)) kept.fields.push_back(field);
  return kept;
}

}  // namespace

std::optional<Schema> PlanBuilder::declared_schema(const Component& component,
                                                   const ComponentType& format) {
  if (!component.schema) {
    if ((format.flags & MR_FORMAT_DEFAULT_STRING) != 0) return Schema{{{"value", TypeId::string}}};
    if ((format.flags & MR_FORMAT_DEFAULT_BINARY) != 0) return Schema{{{"value", TypeId::binary}}};
    diagnostics_
        .error(codes::missing_key, component.title() + " needs a `schema`: format `" + format.name +
                                       "` has to know which columns to decode")
        .at(component.name_span)
        .help("schema = { key = \"string\", timestamp = \"timestamp\", value = \"double\" }");
    return std::nullopt;
  }
  Schema schema;
  const auto errors = diagnostics_.error_count();
  for (const auto& column : *component.schema) {
    try {
      schema.fields.push_back({column.name, parse_type(column.type.text)});
    } catch (const ExpressionError& error) {
      millrace::report(error, column.type, diagnostics_);
    }
  }
  // One without columns was reported where the file was read.
  if (schema.fields.empty() || diagnostics_.error_count() != errors) return std::nullopt;
  return schema;
}

std::shared_ptr<const Schema> PlanBuilder::source_rows(const Component& component,
                                                       PlannedNode& node) {
  auto& source = *node.source;
  const auto& raw = source.handle->schema();
  const bool decodes = component.format || component.schema;
  if (!decodes) return std::make_shared<const Schema>(raw);
  if (!source.handle->has_payloads()) {
    diagnostics_
        .error(codes::conflicting_keys, component.title() + " puts out typed rows of its own")
        .at(component.format ? component.format->type.span : component.schema_span,
            "there is nothing to decode")
        .help("remove `format` and `schema`");
    return nullptr;
  }
  const PluginChoice json{{"json", component.schema_span}, Value{}};
  const auto& choice = component.format ? *component.format : json;
  const auto* format = catalog_.find(PluginKind::format, choice.type.value);
  const auto declared = format == nullptr ? Schema{} : declared_schema(component, *format);
  if (!declared) return nullptr;
  source.payload = raw.index_of("value");
  auto rows = with_metadata(*declared, raw, source.payload);
  Schema decoded = *declared;
  if (const auto wanted = needed_->find(component.name); wanted != needed_->end()) {
    rows = only(rows, wanted->second);
    if ((format->flags & MR_FORMAT_POSITIONAL) == 0) decoded = only(decoded, wanted->second);
  }
  source.format =
      bind_format(component, choice, std::make_shared<const Schema>(std::move(decoded)));
  if (!source.format) return nullptr;
  return std::make_shared<const Schema>(std::move(rows));
}

// Which columns of the source's own rows its readers have to put out.
void PlanBuilder::choose_columns(PlannedNode& node, const Schema& rows) {
  auto& source = *node.source;
  const auto& raw = source.handle->schema();
  const int payload = source.payload;
  source.dead_letters = dead_letter_schema(raw, payload);
  const bool all = source.on_error == OnError::dead_letter;
  for (size_t i = 0; i < raw.size(); ++i) {
    const bool is_payload = static_cast<int>(i) == payload;
    const auto at = rows.index_of(raw[i].name);
    const bool read = at >= 0 && (payload < 0 || rows[static_cast<size_t>(at)].hidden);
    if (!is_payload && !read && !(payload >= 0 && all)) continue;
    if (is_payload) source.payload = static_cast<int>(source.columns.size());
    source.columns.push_back(static_cast<int32_t>(i));
  }
}

void PlanBuilder::bind_source(const Component& component, PlannedNode& node) {
  const auto* type = find_type(component);
  if (type == nullptr) return;
  const auto index = static_cast<size_t>(&component - config_.components.data());
  auto& source = node.source.emplace();
  source.on_error = component.on_error.value;
  if (auto& kept = sources_[index]; kept) {
    source.handle = kept;
  } else {
    OptionBinder binder(nullptr, meaning(), diagnostics_);
    std::shared_ptr<SourceHandle> made;
    if (!make(component, *type, binder,
              [&](const ComponentParts& parts) { made = std::make_shared<SourceHandle>(parts); }))
      return;
    kept = std::move(made);
    source.handle = kept;
  }
  auto rows = source_rows(component, node);
  if (rows == nullptr) return;
  if (source.payload < 0)
    if (const auto wanted = needed_->find(component.name); wanted != needed_->end())
      rows = std::make_shared<const Schema>(only(*rows, wanted->second));
  choose_columns(node, *rows);
  node.output.schema = rows;
  declare_watermark(component, node);
}

// A table is read by a source, from its beginning to where it ends now.
void PlanBuilder::bind_table(const Component& component, PlannedNode& node) {
  if (const auto* type = catalog_.find(PluginKind::source, component.type.value);
      type != nullptr && (type->flags & MR_SOURCE_NOT_REPLAYABLE) != 0) {
    diagnostics_
        .error(codes::bad_value,
               component.title() + " cannot be a table: what it gives can be read only once")
        .at(component.type.span)
        .help("type = \"file\" reads a file");
    return;
  }
  bind_source(component, node);
  node.table = std::move(node.source);
  node.source.reset();
  node.output.is_table = true;
}

}  // namespace millrace
