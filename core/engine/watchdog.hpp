#pragma once
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

#include "core/observe/monitor.hpp"
#include "core/plugin/plugin_call.hpp"
#include "core/system/clock.hpp"
#include "core/system/stop_signal.hpp"

namespace millrace {

/// Tells which plugin does not come back, from which of its functions: to the log, /healthz and the
/// metrics. It can only tell: a thread inside foreign code cannot be taken out of it.
class Watchdog {
 public:
  Watchdog(const Clock& clock, const StopSignal& stop, observe::Monitor& monitor,
           int64_t stuck_after_us);

  /// Compares who is inside a plugin with who was at the last look. One thread at a time.
  void look();

 private:
  struct Seen {
    std::string component;
    std::string_view function;
    int64_t since_us;
    int64_t tell_at_us;  ///< after how long it is told, or told again
    bool told;
  };

  void watch(Seen& call, int64_t waited_us);
  void came_back(const Seen& call, int64_t waited_us);

  const Clock& clock_;
  const StopSignal& stop_;
  observe::Monitor& monitor_;
  int64_t stuck_after_us_;
  std::map<uint64_t, Seen> seen_;  ///< by the call's number
};

/// Looks four times in the time after which a call counts as stuck, at least each second, as long
/// as it lives.
class WatchdogThread {
 public:
  WatchdogThread(Watchdog& watchdog, int64_t stuck_after_us);
  ~WatchdogThread();
  WatchdogThread(const WatchdogThread&) = delete;
  WatchdogThread& operator=(const WatchdogThread&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
  std::thread thread_;
};

}  // namespace millrace
