#include "core/system/wake_signal.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include "millrace/error.hpp"

namespace millrace {

WakeSignal::WakeSignal() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0)
    throw Error::external("cannot create an event descriptor: too many open files?");
}

WakeSignal::~WakeSignal() { close(descriptor_); }

void WakeSignal::raise() noexcept {
  if (!raised_.exchange(true, std::memory_order_acq_rel)) eventfd_write(descriptor_, 1);
}

bool WakeSignal::take() noexcept {
  if (!raised_.load(std::memory_order_acquire)) return false;
  // Emptied before the mark goes: whoever raises it in between is answered by this very call.
  eventfd_t ignored = 0;
  eventfd_read(descriptor_, &ignored);
  return raised_.exchange(false, std::memory_order_acq_rel);
}

}  // namespace millrace
