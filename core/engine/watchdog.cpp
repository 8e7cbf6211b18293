#include "core/engine/watchdog.hpp"

#include <algorithm>
#include <chrono>

#include "core/config/duration.hpp"
#include "core/system/start_thread.hpp"

namespace millrace {
namespace {

// Somebody who wants to stop does not want to wait as long before hearing what holds it up.
constexpr int64_t patience_at_stop_us = 5'000'000;
constexpr int64_t shortest_pause_us = 1'000;
constexpr int64_t longest_pause_us = 1'000'000;

std::string in_seconds(int64_t us) { return format_duration_us(us / 1'000'000 * 1'000'000); }

}  // namespace

Watchdog::Watchdog(const Clock& clock, const StopSignal& stop, observe::Monitor& monitor,
                   int64_t stuck_after_us)
    : clock_(clock), stop_(stop), monitor_(monitor), stuck_after_us_(stuck_after_us) {}

void Watchdog::look() {
  const auto now_us = clock_.monotonic_ns() / 1000;
  std::map<uint64_t, Seen> still;
  for (auto& call : calls_in_progress()) {
    auto known = seen_.extract(call.number);
    if (known.empty()) {
      still.insert({call.number,
                    {std::move(call.component), call.function, now_us, stuck_after_us_, false}});
      continue;
    }
    watch(known.mapped(), now_us - known.mapped().since_us);
    still.insert(std::move(known));
  }
  for (const auto& [number, call] : seen_)
    if (call.told) came_back(call, now_us - call.since_us);
  seen_ = std::move(still);
}

void Watchdog::watch(Seen& call, int64_t waited_us) {
  if (stop_.requested() && !call.told)
    call.tell_at_us = std::min(call.tell_at_us, patience_at_stop_us);
  if (call.told || waited_us >= call.tell_at_us)
    monitor_.component_stuck(call.component, call.function, waited_us);
  if (waited_us < call.tell_at_us) return;
  monitor_.log().warning("the plugin does not come back; the epoch waits for it",
                         {{"component", call.component},
                          {"in", std::string(call.function) + "()"},
                          {"for", in_seconds(waited_us)}});
  call.told = true;
  call.tell_at_us *= 2;
}

void Watchdog::came_back(const Seen& call, int64_t waited_us) {
  monitor_.component_came_back(call.component);
  monitor_.log().info("the plugin came back", {{"component", call.component},
                                               {"from", std::string(call.function) + "()"},
                                               {"after", in_seconds(waited_us)}});
}

WatchdogThread::WatchdogThread(Watchdog& watchdog, int64_t stuck_after_us) {
  const std::chrono::microseconds pause(
      std::clamp(stuck_after_us / 4, shortest_pause_us, longest_pause_us));
  thread_ = start_thread("that watches plugins", [this, &watchdog, pause] {
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, pause, [this] { return end_; })) watchdog.look();
  });
}

WatchdogThread::~WatchdogThread() {
  {
    const std::lock_guard lock(mutex_);
    end_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

}  // namespace millrace
