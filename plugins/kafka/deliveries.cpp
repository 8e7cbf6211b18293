#include "plugins/kafka/deliveries.hpp"

namespace millrace::kafka {

void Deliveries::settle(std::span<const rd_kafka_message_t* const> messages) {
  // Notifies under the lock: after the last record the owner may destroy this.
  const std::lock_guard lock(mutex_);
  for (const auto* message : messages) {
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    if (failed_++ == 0) first_reason_ = rd_kafka_err2str(message->err);
    ++failed_by_partition_[message->partition];
  }
  settled_ += static_cast<int64_t>(messages.size());
  changed_.notify_all();
}

bool Deliveries::done() const { return outstanding() == 0; }

int64_t Deliveries::outstanding() const {
  const std::lock_guard lock(mutex_);
  return sent_.load(std::memory_order_relaxed) - settled_;
}

bool Deliveries::wait_until_done(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time,
                           [&] { return settled_ == sent_.load(std::memory_order_relaxed); });
}

void Deliveries::wait_for_any(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  const auto before = settled_;
  changed_.wait_for(lock, time, [&] { return settled_ != before; });
}

std::string Deliveries::failure() const {
  const std::lock_guard lock(mutex_);
  if (failed_ == 0) return "";
  std::string text =
      std::to_string(failed_) + (failed_ == 1 ? " record was" : " records were") + " not written (";
  for (const auto& [partition, count] : failed_by_partition_) {
    if (text.back() != '(') text += ", ";
    text += std::to_string(count);
    text += partition < 0 ? " to no partition" : " to partition " + std::to_string(partition);
  }
  return text + "), the first because: " + first_reason_;
}

}  // namespace millrace::kafka
