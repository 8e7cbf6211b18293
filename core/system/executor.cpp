#include "core/system/executor.hpp"

#include <algorithm>
#include <limits>

#include "core/system/start_thread.hpp"

namespace millrace {
namespace {

// Set while a thread runs tasks, so that a task that calls an executor does not wait for itself.
thread_local bool inside_task = false;

class InsideTask {
 public:
  InsideTask() : before_(inside_task) { inside_task = true; }
  ~InsideTask() { inside_task = before_; }
  InsideTask(const InsideTask&) = delete;
  InsideTask& operator=(const InsideTask&) = delete;

 private:
  const bool before_;
};

}  // namespace

struct Executor::Job {
  std::size_t count = 0;
  void* context = nullptr;
  Call call = nullptr;
  std::atomic<std::size_t> next{0};

  std::mutex failure_mutex;
  std::size_t failed_index = std::numeric_limits<std::size_t>::max();
  std::exception_ptr failure;
};

Executor::Executor(std::size_t threads) {
  workers_.reserve(std::max<std::size_t>(threads, 1) - 1);
  try {
    for (std::size_t i = 1; i < threads; ++i)
      workers_.push_back(start_thread("that computes", [this] { work(); }));
  } catch (...) {
    stop();
    throw;
  }
}

Executor::~Executor() { stop(); }

void Executor::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  job_ready_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void Executor::run_all(const std::vector<std::function<void()>>& tasks) {
  parallel_for(tasks.size(), [&tasks](std::size_t index) { tasks[index](); });
}

void Executor::run(std::size_t count, void* context, Call call) {
  if (count == 0) return;
  if (count == 1 || workers_.empty() || inside_task) {
    const InsideTask inside;
    for (std::size_t index = 0; index < count; ++index) call(context, index);
    return;
  }
  Job job;
  job.count = count;
  job.context = context;
  job.call = call;

  const std::lock_guard turn(turn_);
  const std::size_t helpers = std::min(count - 1, workers_.size());
  {
    const std::lock_guard lock(mutex_);
    job_ = &job;
    seats_ = helpers;
  }
  if (helpers == workers_.size()) {
    job_ready_.notify_all();
  } else {
    for (std::size_t i = 0; i < helpers; ++i) job_ready_.notify_one();
  }
  take_tasks(job);
  {
    // A worker that wakes up from here on finds nothing to join, so nobody waits for it.
    std::unique_lock lock(mutex_);
    job_ = nullptr;
    seats_ = 0;
    job_left_.wait(lock, [this] { return working_ == 0; });
  }
  if (job.failure) std::rethrow_exception(job.failure);
}

void Executor::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    job_ready_.wait(lock, [this] { return stopping_ || seats_ > 0; });
    if (stopping_) return;
    Job& job = *job_;
    --seats_;
    ++working_;
    lock.unlock();
    take_tasks(job);
    lock.lock();
    if (--working_ == 0) job_left_.notify_one();
  }
}

void Executor::take_tasks(Job& job) {
  const InsideTask inside;
  for (;;) {
    const std::size_t index = job.next.fetch_add(1, std::memory_order_relaxed);
    if (index >= job.count) return;
    try {
      job.call(job.context, index);
    } catch (...) {
      const std::lock_guard lock(job.failure_mutex);
      if (index < job.failed_index) {
        job.failed_index = index;
        job.failure = std::current_exception();
      }
      // No task is started any more. Lower indexes have all been started already.
      job.next.store(job.count, std::memory_order_relaxed);
    }
  }
}

}  // namespace millrace
