#include "core/system/background.hpp"

#include <utility>

#include "core/system/start_thread.hpp"

namespace millrace {

BackgroundThread::BackgroundThread()
    : thread_(start_thread("that writes in the background", [this] { run(); })) {}

BackgroundThread::~BackgroundThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void BackgroundThread::start(Work work) {
  {
    const std::lock_guard lock(mutex_);
    work_ = std::move(work);
    working_ = true;
  }
  changed_.notify_all();
}

bool BackgroundThread::done() {
  const std::lock_guard lock(mutex_);
  if (working_) return false;
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  return true;
}

void BackgroundThread::abandon() noexcept {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !working_; });
  failure_ = nullptr;
}

void BackgroundThread::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return working_ || stopping_; });
    if (!working_) return;
    const Work work = std::exchange(work_, nullptr);
    lock.unlock();
    std::exception_ptr failure;
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    failure_ = failure;
    working_ = false;
    changed_.notify_all();
  }
}

}  // namespace millrace
