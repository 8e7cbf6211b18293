#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "millrace/expression.hpp"

namespace millrace::testing {

// An engine's side of the plugin boundary for components that log and ask from threads of their
// own.
class ThreadedHost {
 public:
  ThreadedHost() {
    host_.size = sizeof(mr_host);
    host_.engine = this;
    host_.log = [](void* self, int32_t level, mr_str message) {
      auto& host = *static_cast<ThreadedHost*>(self);
      const std::lock_guard lock(host.mutex_);
      if (level >= MR_LOG_WARN) host.warnings_.emplace_back(view(message));
    };
    host_.metric = [](void*, int32_t, mr_str, mr_str) -> uint64_t { return 0; };
    host_.record = [](void*, uint64_t, double) {};
    host_.now_us = [](void* self) { return static_cast<ThreadedHost*>(self)->now_us.load(); };
    host_.stop_requested = [](void* self) {
      return static_cast<ThreadedHost*>(self)->stopping.load() ? 1 : 0;
    };
    host_.input_arrived = [](void* self) {
      auto& host = *static_cast<ThreadedHost*>(self);
      const std::lock_guard lock(host.mutex_);
      ++host.arrivals_;
      host.arrived_.notify_all();
    };
    host_.pipeline = str("pages");
    host_.component = str("views");
  }
  ThreadedHost(const ThreadedHost&) = delete;
  ThreadedHost& operator=(const ThreadedHost&) = delete;

  Context context() const { return Context(host_); }
  void be_continuous() { host_.continuous = 1; }

  // An expression that names a column.
  Expression column(const Schema& input, const std::string& name) const {
    const int at = input.index_of(name);
    const arrow::OwnedSchema field(input[static_cast<size_t>(at)]);
    return {host_, {str(name), nullptr, field.get(), at}};
  }

  bool warned_of(const std::string& part) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(warnings_.begin(), warnings_.end(), [&](const auto& warning) {
      return warning.find(part) != std::string::npos;
    });
  }
  // Waits until a source has told of input, since this was last asked.
  bool input_arrives() {
    std::unique_lock lock(mutex_);
    const bool told =
        arrived_.wait_for(lock, std::chrono::seconds(30), [&] { return arrivals_ > 0; });
    arrivals_ = 0;
    return told;
  }
  size_t warnings() const {
    const std::lock_guard lock(mutex_);
    return warnings_.size();
  }

  std::atomic<int64_t> now_us = 1'000'000'000;
  std::atomic<bool> stopping = false;

 private:
  mr_host host_{};
  int64_t arrivals_ = 0;
  std::condition_variable arrived_;
  mutable std::mutex mutex_;
  std::vector<std::string> warnings_;
};

}  // namespace millrace::testing
