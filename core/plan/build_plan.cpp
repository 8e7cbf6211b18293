#include "core/plan/build_plan.hpp"

#include <algorithm>

#include "core/config/duration.hpp"
#include "core/expression/time_zone.hpp"
#include "core/plan/plan_builder.hpp"

namespace millrace {
namespace {

// Components with inputs before their readers; the graph has no cycles (check_graph).
std::vector<size_t> inputs_first(const Config& config) {
  std::vector<size_t> order;
  std::vector<bool> placed(config.components.size(), false);
  const auto place = [&](const auto& self, size_t component) -> void {
    if (placed[component]) return;
    placed[component] = true;
    for (const auto& edge : config.components[component].edges) self(self, edge.component);
    order.push_back(component);
  };
  for (size_t i = 0; i < config.components.size(); ++i) place(place, i);
  return order;
}

}  // namespace

uint32_t mode_bit(OutputMode mode) { return 1U << static_cast<uint32_t>(mode); }
static_assert(1U << static_cast<uint32_t>(OutputMode::append) == MR_MODE_APPEND);
static_assert(1U << static_cast<uint32_t>(OutputMode::update) == MR_MODE_UPDATE);
static_assert(1U << static_cast<uint32_t>(OutputMode::complete) == MR_MODE_COMPLETE);

OutputPort port_of(uint32_t mode) {
  if (mode == MR_MODE_UPDATE) return OutputPort::changed;
  return mode == MR_MODE_COMPLETE ? OutputPort::all : OutputPort::final;
}

void assign_clocks(Plan& plan) {
  for (size_t i = plan.nodes.size(); i-- > 0;) {
    auto& node = plan.nodes[i];
    node.clock = node.input.watermarks;
    if (node.watermark) node.clock.insert(*node.watermark);
    for (const auto& [port, readers] : node.readers)
      for (const auto reader : readers)
        node.clock.insert(plan.nodes[reader].clock.begin(), plan.nodes[reader].clock.end());
  }
}

PlanBuilder::PlanBuilder(const Config& config, const Catalog& catalog, HostServices& services,
                         Diagnostics& diagnostics)
    : config_(config), catalog_(catalog), services_(services), diagnostics_(diagnostics) {}

Plan PlanBuilder::build(const NeededColumns& needed, const MovedConditions& moved) {
  needed_ = &needed;
  moved_ = &moved;
  Plan plan;
  plan.config = config_;
  plan_ = std::move(plan);
  state_refused_ = false;
  node_of_.clear();
  option_columns_.clear();
  joins_.clear();
  for (const auto component : inputs_first(config_)) bind(component);
  return std::move(plan_);
}

void PlanBuilder::bind(size_t index) {
  const auto& component = config_.components[index];
  PlannedNode node;
  node.kind = component.kind;
  node.name = component.name;
  node.type = component.type.value;
  node.title = component.title();
  const bool reads_others =
      component.kind == ComponentKind::transform || component.kind == ComponentKind::sink;
  if (reads_others && component.edges.empty()) return check_unbound(component);
  for (const auto& edge : component.edges) {
    const auto from = node_of_.find(edge.component);
    if (from == node_of_.end()) return check_unbound(component);
    auto port = OutputPort::rows;
    if (edge.output == "late") port = OutputPort::late;
    if (port == OutputPort::late && !has_late_rows(plan_.nodes[from->second], edge)) return;
    if (edge.output == "dead_letter") port = OutputPort::dead_letter;
    node.inputs.push_back({from->second, port, {}});
  }
  const auto errors = diagnostics_.error_count();
  if (component.kind == ComponentKind::source) bind_source(component, node);
  if (component.kind == ComponentKind::table) bind_table(component, node);
  if (component.kind == ComponentKind::transform) bind_transform(component, node);
  if (component.kind == ComponentKind::sink) bind_sink(component, node);
  if (diagnostics_.error_count() != errors) return;
  const auto position = plan_.nodes.size();
  for (const auto& input : node.inputs)
    plan_.nodes[input.node].readers[input.port].push_back(position);
  node_of_[index] = position;
  plan_.nodes.push_back(std::move(node));
}

bool PlanBuilder::has_late_rows(const PlannedNode& node, const Edge& edge) {
  if (!node.streams.empty()) {
    diagnostics_.error(codes::unknown_output, "the " + node.title + " has no output `late`")
        .at(edge.span, "its inputs have different columns")
        .help("late rows are counted; see the progress and the metrics of the transform");
    return false;
  }
  if (node.keyed()) return true;
  diagnostics_.error(codes::unknown_output, "the " + node.title + " has no late rows")
      .at(edge.span, "only a stateful transform tells late rows from others")
      .help("read `late` of the window or aggregation that comes after it");
  return false;
}

namespace {

// What concerns the pipeline as a whole. A wrong time zone is told here, once, and not again by
// every expression.
Config check_settings(Config config, Diagnostics& diagnostics) {
  auto& zone = config.session_time_zone;
  if (TimeZone::find(zone.value) == nullptr) {
    diagnostics.error(codes::bad_value, "there is no time zone `" + zone.value + "`")
        .at(zone.span)
        .help(
            "write a name such as \"Europe/Berlin\" (the system needs its tzdata package) or an "
            "offset such as \"+02:00\"");
    zone.value = "UTC";
  }
  return config;
}

}  // namespace

std::optional<Plan> build_plan(const Config& written, const Catalog& catalog,
                               HostServices& services, Diagnostics& diagnostics) {
  const auto config = check_settings(written, diagnostics);
  PlanBuilder builder(config, catalog, services, diagnostics);
  auto moved = config.move_filters ? move_filters(config) : MovedConditions{};
  auto plan = builder.build({}, moved);
  if (diagnostics.has_errors()) {
    check_modes(plan, diagnostics);
    return std::nullopt;
  }
  if (config.move_filters) move_join_conditions(plan, builder.joins(), moved);
  // The second time around sources put out only what the first one found to be read.
  plan = builder.build(builder.needed_columns(plan), moved);
  check_modes(plan, diagnostics);
  check_deliveries(plan, diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;
  assign_clocks(plan);
  return plan;
}

}  // namespace millrace
