#include "core/engine/deliveries.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "millrace/crash_point.hpp"

#include "core/engine/kept_rows.hpp"

namespace millrace {
namespace {

using Addresses = std::vector<OutboxAddress>;

Addresses addresses_of(const Outbox& outbox, const std::string& sink) {
  Addresses found;
  for (const auto& [address, part] : outbox.parts())
    if (address.sink == sink) found.push_back(address);
  return found;
}

std::string rows_text(const Outbox& outbox, const std::string& sink) {
  uint64_t rows = 0;
  for (const auto& [address, part] : outbox.parts())
    if (address.sink == sink) rows += part.rows;
  return "epoch " + std::to_string(outbox.epoch()) + " is committed, and " + std::to_string(rows) +
         (rows == 1 ? " row" : " rows") + " of it for the sink `" + sink + "` may not have arrived";
}

[[noreturn]] void refuse(const Outbox& outbox, const std::string& sink, const std::string& why) {
  throw Error::user(
      rows_text(outbox, sink) + ", but " + why +
      ". Run the pipeline once as it was, so that they are delivered; then change it");
}

}  // namespace

Deliveries::Deliveries(const Plan& plan, Checkpoint& checkpoint, const Clock& clock,
                       Executor& executor)
    : plan_(plan),
      checkpoint_(checkpoint),
      clock_(clock),
      executor_(executor),
      counts_(plan.nodes.size()) {}

void Deliveries::check() const {
  const auto* outbox = checkpoint_.undelivered();
  if (outbox == nullptr) return;
  for (const auto& [address, part] : outbox->parts()) {
    const auto& sink = address.sink;
    const auto node = std::find_if(plan_.nodes.begin(), plan_.nodes.end(),
                                   [&](const auto& each) { return each.name == sink; });
    if (node == plan_.nodes.end() || !node->sink)
      refuse(*outbox, sink, "the pipeline has no sink of that name any more");
    if (!node->sink->is_outside())
      refuse(*outbox, sink, "that sink takes part in the decision now, which is made");
    outbox->read(address, [&](std::string_view record) {
      const auto kept = read_kept(record, node->input.schema);
      const auto now = text_of(*node->input.schema);
      if (kept.schema && *kept.schema != now)
        refuse(*outbox, sink, "they are of other columns: " + *kept.schema + ", not " + now);
      if (!kept.schema && kept.payloads.has_value() != node->sink->handle->wants_payloads())
        refuse(*outbox, sink, "its type is another now, " + node->type);
    });
  }
}

void Deliveries::deliver() {
  const auto* outbox = checkpoint_.undelivered();
  if (outbox == nullptr) return;
  CrashPoint::reach("outbox", "opened");
  for (size_t node = 0; node < plan_.nodes.size(); ++node) {
    if (!plan_.nodes[node].sink) continue;
    if (const auto addresses = addresses_of(*outbox, plan_.nodes[node].name); !addresses.empty())
      deliver_to(node, *outbox, addresses);
  }
  checkpoint_.delivered();
}

void Deliveries::deliver_to(size_t position, const Outbox& outbox, const Addresses& addresses) {
  const auto& node = plan_.nodes[position];
  const auto begun_ns = clock_.monotonic_ns();
  for (const auto& address : addresses) writer_of(node, address);
  std::vector<NodeCounts> counts(addresses.size());
  executor_.parallel_for(addresses.size(),
                         [&](size_t i) { deliver_part(node, outbox, addresses[i], counts[i]); });
  for (const auto& each : counts) counts_[position].add(each);
  times_us_[node.name] += (clock_.monotonic_ns() - begun_ns) / 1000;
}

WriterHandle& Deliveries::writer_of(const PlannedNode& node, const OutboxAddress& address) {
  const auto found = writers_.find(address);
  if (found != writers_.end()) return found->second;
  auto writer = node.sink->handle->open_writer(static_cast<int32_t>(address.partition));
  return writers_.emplace(address, std::move(writer)).first->second;
}

void Deliveries::deliver_part(const PlannedNode& node, const Outbox& outbox,
                              const OutboxAddress& address, NodeCounts& counts) {
  auto& writer = writers_.at(address);
  const auto measured = [&](auto&& work) {
    const auto begun_ns = clock_.monotonic_ns();
    work();
    counts.write_seconds.observe(static_cast<double>(clock_.monotonic_ns() - begun_ns) * 1e-9);
  };
  if (!writer.open(static_cast<int64_t>(outbox.epoch()))) return;
  try {
    outbox.read(address, [&](std::string_view record) {
      const auto kept = read_kept(record, node.input.schema);
      if (kept.schema) return;
      const auto* payloads = kept.payloads ? &*kept.payloads : nullptr;
      measured([&] { writer.write(kept.rows, payloads); });
      counts.sent(OutputPort::rows) += kept.rows.size();
      if (payloads != nullptr && payloads->length > 0)
        counts.sent_bytes += payloads->offsets[payloads->length];
    });
    measured([&] { writer.close(nullptr); });
  } catch (const Error& error) {
    writer.give_up(error);
    throw;
  }
  CrashPoint::reach("outbox", "closed");
}

void Deliveries::take_counts(Counts& counts) {
  add(counts, counts_);
  std::fill(counts_.begin(), counts_.end(), NodeCounts{});
}

std::map<std::string, int64_t> Deliveries::take_times() { return std::exchange(times_us_, {}); }

}  // namespace millrace
