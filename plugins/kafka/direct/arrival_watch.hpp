#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace millrace::kafka {

/// Waits for all connections at once on a thread of its own, while nobody reads from them. Any
/// thread may call.
class ArrivalWatch {
 public:
  /// Throws Error where the system gives no more descriptors or threads.
  ArrivalWatch();
  ~ArrivalWatch();
  ArrivalWatch(const ArrivalWatch&) = delete;
  ArrivalWatch& operator=(const ArrivalWatch&) = delete;

  /// Has `notice` called by the watch's thread, which must not wait long in it. Returns a number to
  /// name the caller by.
  uint64_t join(std::function<void()> notice);
  /// After this `notice` does not run and will not run again.
  void leave(uint64_t who);

  /// Notices once, when there is something to receive or the connection is gone. A connection that
  /// is closed is forgotten by itself.
  void when_readable(uint64_t who, int descriptor);
  /// Notices once, after a little while.
  void soon(uint64_t who);

 private:
  void run();
  void wake() const;
  int pause();
  void notice(uint64_t who);
  void notice_all_due();

  int epoll_ = -1;
  int event_ = -1;
  std::mutex noticing_;  // Held while `notice` runs.
  std::map<uint64_t, std::function<void()>> members_;
  std::mutex mutex_;
  uint64_t last_ = 0;
  std::set<uint64_t> due_;
  std::chrono::steady_clock::time_point due_at_;  // All of them.
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::kafka
