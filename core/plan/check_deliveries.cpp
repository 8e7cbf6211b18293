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

// Beside a transaction that decides, no other sink should see an epoch that may be taken back; nor
// should one that was asked for exactly once, wherever the decision is made.
void choose_outboxes(Plan& plan) {
  for (auto& node : plan.nodes) {
    if (!node.sink || !node.sink->is_outside()) continue;
    const auto& delivery = component_of(plan, node).delivery;
    const bool asked = delivery.value == Delivery::exactly_once;
    node.sink->outbox = asked || (plan.decider && !delivery.span.known());
  }
}

}  // namespace

void check_deliveries(Plan& plan, Diagnostics& diagnostics) {
  const bool replayed = is_replayed(plan);
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
    if (!sink.handle->can_decide()) continue;
    sink.in_decision = true;
    try {
      join(plan, i, diagnostics);
    } catch (const Error& error) {
      const auto place = component.delivery.span;
      diagnostics.error(codes::bad_delivery, error.what()).at(place);
    }
  }
  choose_outboxes(plan);
}

}  // namespace millrace
