#include "plugins/kafka/transactions.hpp"

#include <algorithm>

#include "millrace/crash_point.hpp"

#include "plugins/kafka/decisions.hpp"

namespace millrace::kafka {
namespace {

// The engine asks again for as long as the configuration says.
constexpr auto fence_patience = std::chrono::milliseconds(10'000);
// A broker may restart while nobody waits for it yet.
constexpr auto background_patience = std::chrono::milliseconds(60'000);
constexpr int64_t hour_us = 3'600'000'000;

}  // namespace

Transactions::Transactions(std::string brokers, StringMap properties,
                           std::shared_ptr<ClientLog> log)
    : brokers_(std::move(brokers)), properties_(std::move(properties)), log_(std::move(log)) {}

size_t Transactions::add(const std::string& topic) {
  topics_.push_back(topic);
  return topics_.size() - 1;
}

// To make one takes about a dozen milliseconds, and half a second after a crash.
void Transactions::make_next(size_t turn, Made used, std::chrono::milliseconds patience) {
  const auto id = group_ + (turn == 0 ? ".a" : ".b");
  next_.at(turn) =
      std::async(std::launch::async, [destination = Destination{brokers_, topics_, properties_, id},
                                      log = log_, used = std::move(used), patience]() mutable {
        used.reset();
        auto made = std::make_shared<TransactionalProducer>(std::move(destination), log);
        made->init(patience);
        CrashPoint::reach("kafka", "initialised");
        return made;
      });
}

void Transactions::end() {
  open_.reset();
  written_.clear();
  for (auto& each : next_) each = {};
}

Fenced Transactions::fence(std::string_view job, std::string_view /*run*/) {
  open_.reset();
  written_.clear();
  for (auto& each : next_)
    if (each.valid()) each.wait();
  group_ = "millrace." + std::string(job);
  for (size_t turn = 0; turn < next_.size(); ++turn) make_next(turn, nullptr, fence_patience);
  // Both have to be shut out before the decision is read: either could still make one.
  std::array<Made, 2> made;
  for (size_t turn = 0; turn < next_.size(); ++turn) next_.at(turn).wait();
  for (size_t turn = 0; turn < next_.size(); ++turn) made.at(turn) = next_.at(turn).get();
  CrashPoint::reach("kafka", "fenced");
  auto newest = read_decision({brokers_, properties_, group_}, topics_, *log_);
  CrashPoint::reach("kafka", "decision_read");
  const auto kept_us = made[0]->offsets_kept_us();
  Fenced fenced{std::move(newest), std::min(hour_us, kept_us.value_or(4 * hour_us) / 4)};
  turn_ = 0;
  for (size_t turn = 0; turn < next_.size(); ++turn) {
    std::promise<Made> ready;
    ready.set_value(std::move(made.at(turn)));
    next_.at(turn) = ready.get_future();
  }
  return fenced;
}

void Transactions::begin() {
  if (open_) throw Error::internal("a transaction is open already");
  if (!next_.at(turn_).valid()) throw Error::internal("transactions begin after a fence");
  auto made = next_.at(turn_).get();
  made->begin();
  open_ = std::move(made);
  CrashPoint::reach("kafka", "begun");
}

std::shared_ptr<Producer> Transactions::producer() const {
  if (!open_) throw Error::internal("no transaction is open");
  return open_;
}

void Transactions::written(std::shared_ptr<Deliveries> deliveries) {
  const std::lock_guard lock(mutex_);
  std::erase_if(written_, [](const auto& each) { return each->done() && each->failure().empty(); });
  written_.push_back(std::move(deliveries));
}

// Topics of another cluster, or that are gone, would spoil the transaction. Positions are for
// people who look at the group: what counts is in the commit record.
Offsets Transactions::known_here(std::span<const SourcePosition> positions) {
  Offsets known;
  for (const auto& source : positions) {
    if (source.type != "kafka" || source.position.empty()) continue;
    for (auto& [topic, offsets] : parse_offsets(source.position, "the position of a source")) {
      auto [count, is_new] = partition_counts_.try_emplace(topic, 0);
      if (is_new) count->second = open_->partitions_of(topic);
      for (const auto& [partition, offset] : offsets)
        if (partition < count->second && offset >= 0) known[topic][partition] = offset;
    }
  }
  return known;
}

void Transactions::decide(const Decision& decision, std::span<const SourcePosition> positions) {
  if (!open_) begin();
  // Committing does not tell of a record that was not written.
  for (const auto& deliveries : written_) open_->finish(*deliveries);
  written_.clear();
  CrashPoint::reach("kafka", "flushed");
  const auto offsets = to_list(decision, topics_, known_here(positions));
  open_->send_offsets(offsets.get(), group_);
  CrashPoint::reach("kafka", "offsets_sent");
  open_->commit();
  CrashPoint::reach("kafka", "committed");
  make_next(turn_, std::move(open_), background_patience);
  open_.reset();
  turn_ = 1 - turn_;
}

}  // namespace millrace::kafka
