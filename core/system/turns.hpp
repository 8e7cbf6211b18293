#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace millrace {

// Lets tasks that run side by side do their last part one after the other, in the order of their
// index. A task that ends without it, or throws, holds nobody up.
class Turns {
 public:
  class Turn {
   public:
    Turn(Turns& turns, std::size_t index) : turns_(turns), index_(index) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      wait();
      turns_.pass();
    }

    // Until all tasks of a lower index have ended.
    void wait() const { turns_.wait_for(index_); }

   private:
    Turns& turns_;
    const std::size_t index_;
  };

 private:
  void wait_for(std::size_t index);
  void pass();

  std::mutex mutex_;
  std::condition_variable passed_;
  std::size_t now_ = 0;
};

}  // namespace millrace
