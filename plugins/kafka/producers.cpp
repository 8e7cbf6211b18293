#include "plugins/kafka/producers.hpp"

#include <utility>

namespace millrace::kafka {
namespace {

// Measured with a broker and all of its clients on two cores: with 200 records a second half of
// them are there a millisecond sooner if none linger, with 10,000 a second about half of one later.
constexpr int64_t many_per_second = 6'000;
constexpr auto linger_ms_of_many = "0.5";

}  // namespace

Producers::Producers(Destination destination, std::shared_ptr<ClientLog> log)
    : destination_(std::move(destination)), log_(std::move(log)) {}

void Producers::use(std::shared_ptr<Transactions> transactions) {
  topic_ = transactions->add(destination_.topics[0]);
  transactions_ = std::move(transactions);
}

std::shared_ptr<Producer> Producers::for_epoch(Epoch epoch) {
  if (transactions_) return transactions_->producer();
  const std::lock_guard lock(mutex_);
  if (epoch_ != epoch) begin_epoch(epoch);
  auto& made = made_[many_ ? 1 : 0];
  if (made && made->broken()) made.reset();
  if (!made) {
    auto destination = destination_;
    if (many_) destination.linger_ms = linger_ms_of_many;
    made = std::make_shared<Producer>(std::move(destination), log_);
  }
  return made;
}

void Producers::begin_epoch(Epoch epoch) {
  constexpr int64_t second_us = 1'000'000;
  const auto now = log_->context().now_us();
  if (epoch_ && log_->context().continuous() && !destination_.properties.contains("linger.ms"))
    many_ = records_ * second_us >= many_per_second * (now - begun_us_);
  epoch_ = epoch;
  begun_us_ = now;
  records_ = 0;
}

void Producers::close(Producer& producer, std::shared_ptr<Deliveries> deliveries) {
  if (transactions_) return transactions_->written(std::move(deliveries));
  producer.finish(*deliveries);
  const std::lock_guard lock(mutex_);
  records_ += deliveries->count();
}

}  // namespace millrace::kafka
