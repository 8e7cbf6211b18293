#include <algorithm>

#include "core/diagnostics/nearest.hpp"
#include "core/expression/column_name.hpp"
#include "core/expression/expression_error.hpp"
#include "core/plan/plan_builder.hpp"

namespace millrace {
namespace {

std::vector<size_t> visible_columns(const Schema& schema) {
  std::vector<size_t> columns;
  for (size_t i = 0; i < schema.size(); ++i)
    if (!schema[i].hidden) columns.push_back(i);
  return columns;
}

Schema take(const Schema& schema, const std::vector<size_t>& columns) {
  Schema taken;
  for (const auto column : columns) taken.fields.push_back(schema[column]);
  return taken;
}

std::vector<std::string> names_of(const Schema& schema) {
  std::vector<std::string> names;
  for (const auto& field : schema.fields) names.push_back(field.name);
  return names;
}

// Where a column of the writer stands among those that the reader takes.
int position_in(const std::vector<size_t>& columns, int column) {
  for (size_t i = 0; i < columns.size(); ++i)
    if (static_cast<int>(columns[i]) == column) return static_cast<int>(i);
  return -1;
}

}  // namespace

StreamInfo PlanBuilder::stream_of(const PlannedInput& input) const {
  const auto& from = plan_.nodes[input.node];
  if (input.port == OutputPort::late) return from.input;
  if (input.port == OutputPort::dead_letter) {
    StreamInfo letters;
    letters.schema = from.source ? from.source->dead_letters : from.sink->dead_letters;
    return letters;
  }
  return from.output;
}

bool PlanBuilder::align(const Component& component, const Edge& edge, const StreamInfo& first,
                        const StreamInfo& other, PlannedInput& input) {
  for (const auto& field : first.schema->fields) {
    const auto at = find_column(other.schema->fields, field.name);
    if (at >= 0 && (*other.schema)[static_cast<size_t>(at)].type == field.type) {
      input.columns.push_back(static_cast<size_t>(at));
      continue;
    }
    diagnostics_
        .error(codes::schema_mismatch,
               "the inputs of " + component.title() + " have different columns")
        .at(edge.span, at < 0 ? "has no column `" + field.name + "`"
                              : "its `" + field.name + "` is " +
                                    to_string((*other.schema)[static_cast<size_t>(at)].type) +
                                    ", not " + to_string(field.type))
        .at(component.edges.front().span, "the columns of the first input count")
        .help(at < 0
                  ? "put a `select` in front of one of them that gives both the same columns"
                  : "put a `select` in front of one of them: columns = { " + field.name +
                        " = \"CAST(" + field.name + " AS " + to_string(field.type) + ")\", ... }");
    return false;
  }
  std::vector<size_t> extra = visible_columns(*other.schema);
  std::erase_if(extra, [&](size_t column) {
    return std::find(input.columns.begin(), input.columns.end(), column) != input.columns.end();
  });
  if (extra.empty()) return true;
  diagnostics_
      .error(codes::schema_mismatch,
             "the inputs of " + component.title() + " have different columns")
      .at(edge.span, "has columns that the first input has not: " +
                         join_quoted(names_of(take(*other.schema, extra))))
      .help("put a `select` in front of one of them that gives both the same columns");
  return false;
}

// Several inputs reach a component as one stream of the columns that the first one has.
bool PlanBuilder::bind_inputs(const Component& component, PlannedNode& node, bool with_hidden) {
  if (node.inputs.empty()) return false;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (!stream_of(node.inputs[i]).is_table) continue;
    diagnostics_.error(codes::bad_value, component.title() + " cannot read a table")
        .at(component.edges[i].span, "a table is not a stream")
        .help("join a stream with it: type = \"join\", inputs = [\"STREAM\", \"" +
              config_.components[component.edges[i].component].name + "\"]");
    return false;
  }
  node.input = stream_of(node.inputs[0]);
  const auto& schema = *node.input.schema;
  const auto visible = visible_columns(schema);
  const bool drops = visible.size() != schema.size() && (!with_hidden || node.inputs.size() > 1);
  if (drops) {
    node.inputs[0].columns = visible;
    node.input.time_column = position_in(visible, node.input.time_column);
    node.input.other_time_column = position_in(visible, node.input.other_time_column);
    node.input.schema = std::make_shared<const Schema>(take(schema, visible));
  }
  if (node.inputs.size() > 1) node.input.other_time_column = -1;
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    const auto other = stream_of(node.inputs[i]);
    if (!align(component, component.edges[i], node.input, other, node.inputs[i])) return false;
    const auto time = position_in(node.inputs[i].columns, other.time_column);
    // Rows of both have an event time only where it is the same column.
    if (time != node.input.time_column || other.time_kind != node.input.time_kind)
      node.input.time_column = -1;
    node.input.watermarks.insert(other.watermarks.begin(), other.watermarks.end());
    node.input.below_stateful |= other.below_stateful;
    node.input.behind_us = std::max(node.input.behind_us, other.behind_us);
  }
  return true;
}

bool PlanBuilder::bind_separate_inputs(const Component& component, PlannedNode& node) {
  if (node.inputs.size() != 2) {
    diagnostics_
        .error(codes::no_inputs, component.title() + " needs two inputs and has " +
                                     std::to_string(node.inputs.size()))
        .at(component.inputs_span.known() ? component.inputs_span : component.name_span)
        .help("name the left one, then the right one: inputs = [\"views\", \"clicks\"]");
    return false;
  }
  for (auto& input : node.inputs) {
    auto stream = stream_of(input);
    const auto visible = visible_columns(*stream.schema);
    if (visible.size() != stream.schema->size()) {
      input.columns = visible;
      stream.time_column = position_in(visible, stream.time_column);
      stream.other_time_column = position_in(visible, stream.other_time_column);
      stream.schema = std::make_shared<const Schema>(take(*stream.schema, visible));
    }
    auto& all = node.input;
    if (all.time_column < 0) {
      all.time_column = stream.time_column;
      all.delay_us = stream.delay_us;
    }
    all.watermarks.insert(stream.watermarks.begin(), stream.watermarks.end());
    all.below_stateful |= stream.below_stateful;
    all.behind_us = std::max(all.behind_us, stream.behind_us);
    node.streams.push_back(std::move(stream));
  }
  return true;
}

PlanBuilder::Programs PlanBuilder::bind_moved(const std::map<std::string, std::vector<Ast>>& moved,
                                              const std::string& name, const Schema& schema) const {
  Programs programs;
  if (const auto found = moved.find(name); found != moved.end()) {
    for (const auto& condition : found->second) {
      try {
        programs.push_back(bind_condition(condition, schema, meaning()));
      } catch (const ExpressionError&) {
        // Reported where the condition is written.
      }
    }
  }
  return programs;
}

void PlanBuilder::declare_watermark(const Component& component, PlannedNode& node) {
  if (!node.keyed())
    node.conditions = bind_moved(moved_->by_output, component.name, *node.output.schema);
  if (!component.watermark) return;
  const auto& declared = *component.watermark;
  if (node.keyed()) {
    diagnostics_
        .error(codes::watermark_column,
               component.title() + " cannot declare a watermark: it is stateful")
        .at(declared.span, "a stateful transform passes its input's watermark on")
        .help("declare it on a source, or on a select in front");
    return;
  }
  if (!node.output.watermarks.empty()) {
    const auto& first = plan_.watermarks[*node.output.watermarks.begin()];
    diagnostics_
        .error(codes::watermark_column, "the rows of " + component.title() +
                                            " have a watermark already, from `" + first.name + "`")
        .at(declared.span, "a watermark can be declared once per input")
        .help("remove one of the two");
    return;
  }
  const auto& schema = *node.output.schema;
  const auto column = find_column(schema.fields, declared.column.value);
  if (column < 0) {
    const auto near = nearest(declared.column.value, names_of(schema));
    diagnostics_
        .error(codes::watermark_column, component.title() + " has no column `" +
                                            declared.column.value + "` to be its event time")
        .at(declared.column.span, near ? "did you mean `" + *near + "`?" : "no such column")
        .note("columns: " + join_quoted(names_of(schema)));
    return;
  }
  const auto& type = schema[static_cast<size_t>(column)].type;
  if (type.id != TypeId::timestamp) {
    diagnostics_
        .error(codes::watermark_column, "the watermark's column must be a timestamp, and `" +
                                            declared.column.value + "` is " + to_string(type))
        .at(declared.column.span)
        .help("declare it as \"timestamp\" in the schema, or convert it in a select");
    return;
  }
  DeclaredWatermark watermark{plan_.nodes.size(),
                              component.name,
                              column,
                              declared.delay_us.value,
                              declared.idle_after_us,
                              declared.across,
                              bind_moved(moved_->by_watermark, component.name, schema),
                              declared.max_ahead_us};
  node.watermark = plan_.watermarks.size();
  node.output.watermarks = {plan_.watermarks.size()};
  node.output.time_column = column;
  node.output.time_kind = MR_TIME_OF_ROW;
  node.output.delay_us = declared.delay_us.value;
  plan_.watermarks.push_back(std::move(watermark));
}

}  // namespace millrace
