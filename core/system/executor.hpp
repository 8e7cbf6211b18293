#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace millrace {

// Runs independent tasks on a fixed set of threads that live as long as the executor. The caller's
// thread works too. With one thread everything runs in the caller, in order.
//
// If tasks throw, the exception of the task with the lowest index is thrown to the caller after
// every started task has ended; tasks that were not started by then are skipped. Tasks start in the
// order of their index, so which exception wins does not depend on the number of threads.
//
// A task may itself call the executor: its tasks then run inline. Calls from several threads take
// turns.
class Executor {
 public:
  explicit Executor(std::size_t threads);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  std::size_t threads() const { return workers_.size() + 1; }

  // Calls task(i) for each i in [0, count).
  template <typename Task>
  void parallel_for(std::size_t count, Task&& task) {
    using Callable = std::remove_reference_t<Task>;
    run(count, const_cast<void*>(static_cast<const void*>(&task)),
        [](void* context, std::size_t index) { (*static_cast<Callable*>(context))(index); });
  }

  void run_all(const std::vector<std::function<void()>>& tasks);

 private:
  using Call = void (*)(void* context, std::size_t index);
  struct Job;

  void run(std::size_t count, void* context, Call call);
  void work();
  void stop();
  static void take_tasks(Job& job);

  std::mutex turn_;  // held by the caller whose tasks run
  std::mutex mutex_;
  std::condition_variable job_ready_;
  std::condition_variable job_left_;
  Job* job_ = nullptr;       // what workers may join, null when nothing is to be done
  std::size_t seats_ = 0;    // workers that may still join
  std::size_t working_ = 0;  // workers inside the job
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace millrace
