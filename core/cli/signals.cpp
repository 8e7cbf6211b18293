#include "core/cli/signals.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

namespace millrace::cli {
namespace {

// A signal handler can reach nothing but what is global.
std::atomic<StopSignal*> stop_signal{nullptr};

constexpr std::array<int, 3> handled = {SIGTERM, SIGINT, SIGPIPE};
std::array<struct sigaction, handled.size()> before;

void request_stop(int) {
  const int kept = errno;
  if (StopSignal* stop = stop_signal.load()) stop->request();
  errno = kept;
}

}  // namespace

SignalGuard::SignalGuard(StopSignal& stop) {
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
}

}  // namespace millrace::cli
