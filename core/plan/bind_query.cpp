// Transforms and sinks: what reads the rows of others.
#include <algorithm>

#include "core/plan/plan_builder.hpp"

namespace millrace {

namespace {

std::vector<InputStream> streams_of(const PlannedNode& node) {
  std::vector<InputStream> streams;
  for (size_t i = 0; i < std::max<size_t>(node.streams.size(), 1); ++i) {
    const auto& from = node.stream(i);
    streams.push_back({from.schema, from.time_column, from.time_kind, from.delay_us, from.is_table,
                       from.other_time_column});
  }
  return streams;
}

// The columns that a transform which keeps its inputs apart reads of one of them.
std::set<std::string> read_columns(const StreamInfo& stream, const std::set<int>& condition,
                                   const std::set<std::string>& wanted) {
  std::set<std::string> read;
  const auto& schema = *stream.schema;
  for (const auto column : condition) read.insert(schema[static_cast<size_t>(column)].name);
  if (stream.time_column >= 0) read.insert(schema[static_cast<size_t>(stream.time_column)].name);
  for (const auto& name : wanted)
    if (schema.index_of(name) >= 0) read.insert(name);
  return read;
}

}  // namespace

OptionBinder PlanBuilder::binder_for(const Component& component, const PlannedNode& node) {
  if (node.streams.empty()) return {node.input.schema, meaning(), diagnostics_};
  std::array<JoinSide, 2> sides;
  for (size_t i = 0; i < 2; ++i)
    sides[i] = {node.streams[i].schema, config_.components[component.edges[i].component].name};
  return {std::move(sides), meaning(), diagnostics_};
}

void PlanBuilder::bind_transform(const Component& component, PlannedNode& node) {
  const auto* type = find_type(component);
  if (type == nullptr) return;
  const bool separate = (type->flags & MR_TRANSFORM_SEPARATE_INPUTS) != 0;
  if (!(separate ? bind_separate_inputs(component, node) : bind_inputs(component, node, true)))
    return;
  auto binder = binder_for(component, node);
  auto& transform = node.transform.emplace();
  if (!make(component, *type, binder, [&](const ComponentParts& parts) {
        transform.handle = std::make_shared<TransformHandle>(parts, streams_of(node));
      }))
    return;
  option_columns_[plan_.nodes.size()] = binder.columns();
  if (binder.join()) joins_.insert_or_assign(plan_.nodes.size(), *binder.join());
  const auto& binding = transform.handle->binding();
  node.output = {binding.rows,
                 binding.time_column,
                 binding.time_kind,
                 node.input.delay_us,
                 node.input.watermarks,
                 node.input.below_stateful || binding.keyed,
                 node.input.behind_us + binding.output_delay_us,
                 binding.other_time_column};
  if (binding.keyed) bind_state(component, transform);
  declare_watermark(component, node);
}

// One choice for all transforms: what is wrong with it is told once.
void PlanBuilder::bind_state(const Component& component, TransformNode& transform) {
  if (state_refused_) return;
  transform.store =
      parts_of_choice(PluginKind::store, config_.state_store, component.title(), component.name);
  state_refused_ = !transform.store;
  if (!transform.store || plan_.state_store) return;
  const auto& type = *transform.store->type;
  const auto host = transform.store->host;  // What is said of all goes by the first one's name.
  const auto title = [](const ComponentType& store) { return "state store `" + store.name + "`"; };
  const ComponentParts store{&type, host, transform.store->values, title(type)};
  try {
    if (SpaceHandle::serves(type)) SpaceHandle(store, "");  // Checks its options.
  } catch (const Error& error) {
    state_refused_ = true;
    const auto* options = config_.state_store.options.as_table();
    const auto* option = options == nullptr ? nullptr : options->find(error.option);
    diagnostics_.error(codes::plugin_rejects, error.what())
        .at(option == nullptr ? config_.state_store.type.span : option->value.span())
        .help("run `millrace plugins describe " + type.name + "` for its options");
    return;
  }
  plan_.state_store = store;
  for (const auto* other : catalog_.all())
    if (other->kind == PluginKind::store && other->name != type.name)
      plan_.other_stores.push_back({other, host, std::make_shared<ValueList>(), title(*other)});
}

void PlanBuilder::bind_sink(const Component& component, PlannedNode& node) {
  const auto* type = find_type(component);
  if (type == nullptr || !bind_inputs(component, node, false)) return;
  if (component.delivery.value == Delivery::exactly_once) check_delivery(component, type->flags);
  auto binder = binder_for(component, node);
  auto& sink = node.sink.emplace();
  sink.mode = component.output_mode.value;
  sink.on_error = component.on_error.value;
  if (component.retry) sink.retry = *component.retry;
  sink.dead_letters = std::make_shared<const Schema>(Schema{{{"reason", TypeId::string},
                                                             {"sink", TypeId::string},
                                                             {"epoch", TypeId::int64},
                                                             {"attempt", TypeId::int32},
                                                             {"value", TypeId::string}}});
  if (!make(component, *type, binder, [&](const ComponentParts& parts) {
        sink.handle = std::make_shared<SinkHandle>(parts, *node.input.schema, mode_bit(sink.mode));
      }))
    return;
  if (sink.handle->wants_payloads()) {
    const PluginChoice json{{"json", component.type.span}, Value{}};
    sink.format =
        bind_format(component, component.format ? *component.format : json, node.input.schema);
  } else if (component.format) {
    diagnostics_.error(codes::conflicting_keys, component.title() + " takes rows as they are")
        .at(component.format->type.span, "this sink has no use for a format")
        .help("remove `format`");
  }
}

// Exactly once needs a sink that takes an epoch twice and sources that give it twice.
void PlanBuilder::check_delivery(const Component& component, uint32_t sink_flags) {
  if ((sink_flags & (MR_SINK_TRANSACTIONAL | MR_SINK_IDEMPOTENT | MR_SINK_DECIDES)) == 0)
    diagnostics_.error(codes::bad_delivery, component.title() + " cannot deliver exactly once")
        .at(component.delivery.span, "after a restart it may be given an epoch a second time")
        .help("delivery = \"at_least_once\", or another sink type");
  for (const auto& source : config_.components) {
    if (source.kind != ComponentKind::source) continue;
    const auto* type = catalog_.find(PluginKind::source, source.type.value);
    if (type == nullptr || (type->flags & MR_SOURCE_NOT_REPLAYABLE) == 0) continue;
    diagnostics_.error(codes::bad_delivery, component.title() + " cannot deliver exactly once")
        .at(component.delivery.span)
        .at(source.type.span, "what this source gave cannot be read again after a crash")
        .help("delivery = \"at_least_once\", or another source type");
  }
}

NeededColumns PlanBuilder::needed_columns(const Plan& plan) const {
  // What readers want of each node's main output, readers first.
  std::vector<std::set<std::string>> wanted(plan.nodes.size());
  NeededColumns needed;
  for (size_t i = plan.nodes.size(); i-- > 0;) {
    const auto& node = plan.nodes[i];
    for (const auto& condition : node.conditions)
      for (const auto column : condition->columns())
        wanted[i].insert((*node.output.schema)[static_cast<size_t>(column)].name);
    if (node.watermark) {
      const auto& watermark = plan.watermarks[*node.watermark];
      const auto& schema = *node.output.schema;
      wanted[i].insert(schema[static_cast<size_t>(watermark.column)].name);
      for (const auto& condition : watermark.conditions)
        for (const auto column : condition->columns())
          wanted[i].insert(schema[static_cast<size_t>(column)].name);
    }
    if (node.kind == ComponentKind::source || node.kind == ComponentKind::table) {
      needed[node.name] = wanted[i];
      continue;
    }
    if (const auto join = joins_.find(i); join != joins_.end()) {
      for (size_t side = 0; side < 2; ++side)
        wanted[node.inputs[side].node].merge(
            read_columns(node.streams[side], join->second.columns[side], wanted[i]));
      continue;
    }
    std::set<std::string> read;
    const auto& schema = *node.input.schema;
    const bool all = node.kind == ComponentKind::sink || node.inputs.size() > 1 ||
                     node.reads(OutputPort::late) ||
                     (node.transform && node.transform->handle->binding().needs_every_column);
    const bool guesses_time = node.keyed() && node.input.time_column < 0;
    for (size_t column = 0; column < schema.size(); ++column)
      if ((all && !schema[column].hidden) ||
          (guesses_time && schema[column].type.id == TypeId::timestamp))
        read.insert(schema[column].name);
    if (const auto options = option_columns_.find(i); options != option_columns_.end())
      for (const auto column : options->second)
        read.insert(schema[static_cast<size_t>(column)].name);
    if (node.input.time_column >= 0)
      read.insert(schema[static_cast<size_t>(node.input.time_column)].name);
    if (node.transform && node.transform->handle->binding().reads_all_columns)
      for (const auto& name : wanted[i])
        if (schema.index_of(name) >= 0) read.insert(name);
    for (const auto& input : node.inputs)
      if (input.port == OutputPort::rows || input.port == OutputPort::late)
        wanted[input.node].insert(read.begin(), read.end());
  }
  return needed;
}

}  // namespace millrace
