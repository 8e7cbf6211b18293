#include "core/system/turns.hpp"

namespace millrace {

void Turns::wait_for(std::size_t index) {
  std::unique_lock lock(mutex_);
  passed_.wait(lock, [&] { return now_ == index; });
}

void Turns::pass() {
  {
    const std::lock_guard lock(mutex_);
    ++now_;
  }
  passed_.notify_all();
}

}  // namespace millrace
