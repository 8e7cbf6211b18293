#include "core/cli/signals.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <limits>

namespace millrace::cli {
namespace {

// A signal handler can reach nothing but what is global.
std::atomic<StopSignal*> stop_signal{nullptr};
std::atomic<const Clock*> signal_clock{nullptr};

constexpr std::int64_t none_yet = std::numeric_limits<std::int64_t>::min();
std::atomic<std::int64_t> first_at_ns{none_yet};

constexpr std::array<int, 3> handled = {SIGTERM, SIGINT, SIGPIPE};
std::array<struct sigaction, handled.size()> before;

void request_stop(int) {
  const int kept = errno;
  StopSignal* stop = stop_signal.load();
  const Clock* clock = signal_clock.load();
  if (stop != nullptr && clock != nullptr) {
    const std::int64_t now_ns = clock->monotonic_ns();
    std::int64_t first_ns = none_yet;
    const bool is_first = first_at_ns.compare_exchange_strong(first_ns, now_ns);
    if (is_first || now_ns - first_ns >= SignalGuard::same_signal_us * 1000) stop->request();
  }
  errno = kept;
}

}  // namespace

SignalGuard::SignalGuard(StopSignal& stop, const Clock& clock) {
  first_at_ns.store(none_yet);
  signal_clock.store(&clock);
  stop_signal.store(&stop);
  for (std::size_t i = 0; i < handled.size(); ++i) {
    struct sigaction action {};
    action.sa_handler = handled[i] == SIGPIPE ? SIG_IGN : request_stop;
    action.sa_flags = SA_RESTART;
    sigaction(handled[i], &action, &before[i]);
  }
}

SignalGuard::~SignalGuard() {
  for (std::size_t i = 0; i < handled.size(); ++i) sigaction(handled[i], &before[i], nullptr);
  stop_signal.store(nullptr);
  signal_clock.store(nullptr);
}

}  // namespace millrace::cli
