#include "core/engine/deliveries.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "millrace/crash_point.hpp"

#include "core/engine/kept_rows.hpp"
#include "core/engine/part_delivery.hpp"
#include "core/engine/records_in_hand.hpp"
#include "core/engine/refused_rows.hpp"

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
  throw Error::user(rows_text(outbox, sink) + ", but " + why +
                    ". Run the pipeline once as it was, so that they are delivered; then change "
                    "it. Where they can "
                    "never be, give them up: millrace checkpoint discard DIRECTORY --sink " +
                    sink);
}

}  // namespace

Deliveries::Deliveries(const Plan& plan, Checkpoint& checkpoint, RetryPause::World world,
                       observe::Metrics& metrics, Executor& executor)
    : plan_(plan),
      checkpoint_(checkpoint),
      world_(world),
      executor_(executor),
      retries_(plan.nodes.size()),
      counts_(plan.nodes.size()) {
  for (size_t i = 0; i < plan.nodes.size(); ++i)
    if (plan.nodes[i].sink)
      retries_[i] =
          metrics.component({plan.nodes[i].name, observe::ComponentKind::sink, plan.nodes[i].type})
              .retries;
}

void Deliveries::check() const {
  const auto* outbox = checkpoint_.undelivered();
  if (outbox == nullptr) return;
  const auto& given_up = checkpoint_.delivery_notes().discarded;
  for (const auto& [address, part] : outbox->parts()) {
    const auto& sink = address.sink;
    if (given_up.contains(sink)) continue;
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
  records_in_hand::set_epoch(outbox->epoch());
  notes_ = checkpoint_.delivery_notes();
  noted_ = true;
  for (const auto& sink : notes_.discarded)
    world_.log.warning("an operator gave up what this sink was to be given",
                       {{"sink", sink}, {"epoch", std::to_string(outbox->epoch())}});
  // Sinks stand in front of those that read what they refuse.
  for (size_t node = 0; node < plan_.nodes.size(); ++node) {
    if (!plan_.nodes[node].sink || notes_.discarded.contains(plan_.nodes[node].name)) continue;
    const auto begun_ns = world_.clock.monotonic_ns();
    const bool gave = plan_.nodes[node].sink->reads_refused ? deliver_refused(node, *outbox)
                                                            : deliver_to(node, *outbox);
    if (gave) times_us_[plan_.nodes[node].name] += (world_.clock.monotonic_ns() - begun_ns) / 1000;
  }
  checkpoint_.delivered();
}

bool Deliveries::deliver_to(size_t node, const Outbox& outbox) {
  const auto addresses = addresses_of(outbox, plan_.nodes[node].name);
  for (const auto& address : addresses) open_writer(plan_.nodes[node], address);
  executor_.parallel_for(addresses.size(), [&](size_t i) {
    const KeptRows rows(outbox, addresses[i], plan_.nodes[node].input.schema);
    deliver_part(node, addresses[i], rows, static_cast<int64_t>(outbox.epoch()));
  });
  return !addresses.empty();
}

void Deliveries::open_writer(const PlannedNode& node, const OutboxAddress& address) {
  if (writers_.contains(address)) return;
  writers_.emplace(address,
                   node.sink->handle->open_writer(static_cast<int32_t>(address.partition)));
}

RetryPause Deliveries::pause_of(size_t node, const OutboxAddress& address, int64_t epoch) const {
  const auto who = address.sink + "/" + std::to_string(address.partition) + "/" +
                   checkpoint_.format().job_id + "/" + std::to_string(epoch);
  return {world_, plan_.nodes[node].sink->retry, retries_[node], std::hash<std::string>{}(who)};
}

void Deliveries::deliver_part(size_t node, const OutboxAddress& address, const DeliveryRows& rows,
                              int64_t epoch) {
  const auto known = [&] {
    const std::lock_guard lock(mutex_);
    return notes_.refused[address];
  }();
  PartDelivery delivery({plan_.nodes[node], address.partition, epoch, rows}, writers_.at(address),
                        known, pause_of(node, address, epoch));
  if (suspects_ != nullptr && suspects_->concern(static_cast<uint64_t>(epoch)))
    delivery.beware(*suspects_);
  const records_in_hand::Scope in_hand;
  delivery.run([&](const PartDelivery::Refused& refused) {
    const std::lock_guard lock(mutex_);
    notes_.refused[address] = refused;
    note();
  });
  const std::lock_guard lock(mutex_);
  counts_[node].add(delivery.counts());
  if (delivery.refused().size() == notes_.refused[address].size()) return;
  notes_.refused[address] = delivery.refused();
  noted_ = false;
}

void Deliveries::note() {
  checkpoint_.note(notes_);
  noted_ = true;
}

// One partition, since refused rows are few. Whoever reads them gets the same ones again after a
// crash, whatever their sink says then.
bool Deliveries::deliver_refused(size_t position, const Outbox& outbox) {
  const auto& node = plan_.nodes[position];
  auto& handle = *node.sink->handle;
  const auto epoch = static_cast<int64_t>(outbox.epoch());
  const auto receipt = notes_.receipts.find(node.name);
  if (receipt != notes_.receipts.end()) {
    handle.commit(epoch, receipt->second);
    return true;
  }
  auto rows = refused_rows(plan_, node, outbox, notes_);
  if (rows.empty()) return false;
  if (!noted_) note();
  std::optional<Column> payloads;
  if (node.sink->format)
    payloads = FormatHandle(node.sink->format->parts, node.sink->format->rows).encode(rows);
  handle.abort(epoch);
  const OutboxAddress address{node.name, 0};
  open_writer(node, address);
  deliver_part(position, address, RowsInHand(std::move(rows), std::move(payloads)), epoch);
  if (!handle.transactional()) return true;
  notes_.receipts[node.name] = handle.prepare(epoch);
  note();
  CrashPoint::reach("refused", "prepared");
  handle.commit(epoch, notes_.receipts[node.name]);
  return true;
}

void Deliveries::take_counts(Counts& counts) {
  add(counts, counts_);
  std::fill(counts_.begin(), counts_.end(), NodeCounts{});
}

std::map<std::string, int64_t> Deliveries::take_times() { return std::exchange(times_us_, {}); }

}  // namespace millrace
