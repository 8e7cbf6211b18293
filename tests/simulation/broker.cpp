#include "tests/simulation/broker.hpp"

#include <algorithm>

#include "millrace/error.hpp"

namespace millrace::simulation {

uint64_t Broker::new_producer() {
  open_.reset();
  return ++producer_;
}

Broker::Open& Broker::open_of(uint64_t producer) {
  if (producer != producer_) throw Error::external("the producer is fenced");
  if (!open_) throw Error::external("the transaction is over already");
  return *open_;
}

void Broker::begin(uint64_t producer) {
  if (producer != producer_) throw Error::external("the producer is fenced");
  if (open_) throw Error::internal("a transaction is open already");
  open_.emplace();
}

void Broker::append(uint64_t producer, LoggedRow row) {
  open_of(producer).rows.push_back(std::move(row));
}

void Broker::add_marker(uint64_t producer, const EpochMarker& marker) {
  open_of(producer).marker = marker;
}

void Broker::commit(uint64_t producer) {
  Open done = std::move(open_of(producer));
  open_.reset();
  for (auto& row : done.rows) committed_.push_back(std::move(row));
  if (!done.marker) return;
  marker_ = done.marker;
  decided_ = std::max(decided_, done.marker->epoch);
}

void Broker::pass(bool all) {
  for (size_t i = 0; i < late_.size();) {
    if (!all && late_[i].calls-- > 0) {
      ++i;
      continue;
    }
    const auto producer = late_[i].producer;
    late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(i));
    if (producer == producer_ && open_) commit(producer);
  }
}

}  // namespace millrace::simulation
