#include <algorithm>

#include "core/plan/plan_builder.hpp"

namespace millrace {
namespace {

const Component& component_of(const Plan& plan, const PlannedNode& node) {
  return *plan.config.find(node.name);
}

bool is_replayed(const Plan& plan) {
  for (const auto& node : plan.nodes)
    if (node.source && !node.source->handle->replayable()) return false;
  return plan.config.checkpoint.has_value();
}

// Sinks that decide share one transaction: what is decided at two places could be decided half.
void join(Plan& plan, size_t position, Diagnostics& diagnostics) {
  auto& node = plan.nodes[position];
  const auto& component = component_of(plan, node);
  if (!plan.decider) {
    node.sink->handle->join(nullptr);
    plan.decider = position;
    return;
  }
  const auto& first = plan.nodes[*plan.decider];
  const auto place = node.sink->handle->place();
  const auto first_place = first.sink->handle->place();
  if (node.type == first.type && place == first_place) {
    node.sink->handle->join(first.sink->handle.get());
    return;
  }
  diagnostics
      .error(codes::bad_delivery,
             "sinks `" + first.name + "` and `" + node.name + "` cannot both deliver exactly once")
      .at(component.delivery.span, "writes to " + place)
      .at(component_of(plan, first).delivery.span, "writes to " + first_place)
      .note("an epoch is decided by one transaction, which is at one place")
      .help("give one of the two a pipeline of its own, or delivery = \"at_least_once\"");
}

// What a sink refuses is known once its epoch is decided: too late for a transaction that decides,
// and for rows of the epoch itself.
void note_refused_inputs(const Plan& plan, PlannedNode& node, Diagnostics& diagnostics) {
  const auto is_sink = [&](const PlannedInput& input) {
    return plan.nodes[input.node].sink.has_value();
  };
  node.sink->reads_refused = std::any_of(node.inputs.begin(), node.inputs.end(), is_sink);
  if (!node.sink->reads_refused) return;
  const auto& component = component_of(plan, node);
  if (!std::all_of(node.inputs.begin(), node.inputs.end(), is_sink))
    diagnostics
        .error(codes::bad_value, component.title() + " reads what a sink refuses beside other rows")
        .at(component.inputs_span, "they come at another time")
        .help("give each a sink of its own");
  if (component.on_error.value == OnError::dead_letter)
    diagnostics.error(codes::bad_value, component.title() + " cannot have dead letters of its own")
        .at(component.on_error.span, "it reads what another sink refuses")
        .help("on_error = \"fail\" or \"drop\"");
  if (component.delivery.value == Delivery::exactly_once && node.sink->handle->can_decide())
    diagnostics.error(codes::bad_delivery, component.title() + " cannot deliver exactly once")
        .at(component.delivery.span, "what a sink refuses is known after the epoch is decided")
        .help("delivery = \"at_least_once\", or another sink type");
}

// A sink whose rows are written while an epoch runs fails with it.
void check_errors(const Component& component, const SinkNode& sink, Diagnostics& diagnostics) {
  const auto refuse = [&](const std::string& key, const Span& at) {
    diagnostics.error(codes::bad_value, component.title() + " cannot have `" + key + "`")
        .at(at, sink.in_decision ? "its rows are in the transaction that decides the epoch"
                                 : "it takes part in the commit of an epoch, as a whole")
        .help("remove it: an epoch that fails runs again");
  };
  if (component.retry) refuse("retry", component.retry->span);
  if (component.on_error.value != OnError::fail) refuse("on_error", component.on_error.span);
}

// Beside a transaction that decides, no other sink should see an epoch that may be taken back; nor
// should one that was asked for exactly once, wherever the decision is made.
void choose_outboxes(Plan& plan) {
  for (auto& node : plan.nodes) {
    if (!node.sink || !node.sink->is_outside()) continue;
    const auto& component = component_of(plan, node);
    const auto& delivery = component.delivery;
    // What may have to be given again has to be kept.
    const bool asked = delivery.value == Delivery::exactly_once || component.retry ||
                       component.on_error.value != OnError::fail;
    if (node.sink->reads_refused) continue;
    node.sink->outbox = asked || (plan.decider && !delivery.span.known());
  }
}

}  // namespace

void check_deliveries(Plan& plan, Diagnostics& diagnostics) {
  const bool replayed = is_replayed(plan);
  for (auto& node : plan.nodes)
    if (node.sink) note_refused_inputs(plan, node, diagnostics);
  for (size_t i = 0; i < plan.nodes.size(); ++i) {
    auto& node = plan.nodes[i];
    if (!node.sink) continue;
    const auto& component = component_of(plan, node);
    const bool asked = component.delivery.value == Delivery::exactly_once;
    auto& sink = *node.sink;
    sink.exactly_once = replayed && (sink.handle->transactional() || sink.handle->idempotent() ||
                                     (asked && sink.handle->can_decide()));
    if (!asked) continue;
    if (!plan.config.checkpoint)
      diagnostics
          .error(codes::bad_delivery,
                 component.title() + " cannot deliver exactly once without a checkpoint")
          .at(component.delivery.span, "a restart would read everything again")
          .help("write checkpoint = \"DIRECTORY\" at the top of the file, or --checkpoint");
    if (!sink.handle->can_decide() || sink.reads_refused) continue;
    sink.in_decision = true;
    try {
      join(plan, i, diagnostics);
    } catch (const Error& error) {
      const auto place = component.delivery.span;
      diagnostics.error(codes::bad_delivery, error.what()).at(place);
    }
  }
  choose_outboxes(plan);
  for (const auto& node : plan.nodes)
    if (node.sink && !node.sink->is_outside())
      check_errors(component_of(plan, node), *node.sink, diagnostics);
}

}  // namespace millrace
