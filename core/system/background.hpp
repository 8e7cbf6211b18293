#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace millrace {

// One piece of work at a time beside the caller, for what must not hold the caller up.
class Background {
 public:
  using Work = std::function<void()>;

  virtual ~Background() = default;
  // The work before it must have been taken.
  virtual void start(Work work) = 0;
  // Whether the work that was started is done. The first time it is, throws what the work threw.
  virtual bool done() = 0;
  // Waits for it and forgets what it threw.
  virtual void abandon() noexcept = 0;
};

// Does the work at once, in the caller's thread: deterministic.
class InlineBackground final : public Background {
 public:
  void start(Work work) override { work(); }
  bool done() override { return true; }
  void abandon() noexcept override {}
};

// A thread that lives as long as it.
class BackgroundThread final : public Background {
 public:
  BackgroundThread();
  ~BackgroundThread() override;

  void start(Work work) override;
  bool done() override;
  void abandon() noexcept override;

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  Work work_;
  bool working_ = false;
  bool stopping_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace millrace
