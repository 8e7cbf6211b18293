#include "core/system/fatal_signals.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace millrace {
namespace {

// A signal handler can reach nothing but what is global.
std::atomic<FatalSignals::Witness> called{nullptr};
std::atomic<bool> dying{false};

constexpr std::array<int, 5> fatal = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
std::array<struct sigaction, fatal.size()> former;

bool was_sent(const siginfo_t& info) { return info.si_code <= 0; }

void die(int signal, siginfo_t* info, void*) {
  if (!was_sent(*info) || info->si_pid == getpid()) {
    // Whoever comes second waits for the end, so that the first can say all that it has to.
    while (dying.exchange(true)) pause();
    if (const auto witness = called.load()) witness(signal);
  }
  const auto at = std::find(fatal.begin(), fatal.end(), signal);
  sigaction(signal, &former[static_cast<std::size_t>(at - fatal.begin())], nullptr);
  // A fault comes again with its instruction, once this returns; a signal that was sent does not.
  if (was_sent(*info)) raise(signal);
}

}  // namespace

FatalSignals::FatalSignals(Witness witness) {
  called.store(witness);
  for (std::size_t i = 0; i < fatal.size(); ++i) {
    struct sigaction action {};
    action.sa_sigaction = die;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(fatal[i], &action, &former[i]);
  }
}

FatalSignals::~FatalSignals() {
  for (std::size_t i = 0; i < fatal.size(); ++i) sigaction(fatal[i], &former[i], nullptr);
  called.store(nullptr);
}

bool FatalSignals::append(const char* path, std::string_view bytes) noexcept {
  const int file = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return false;
  const bool whole =
      ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  ::close(file);
  return whole;
}

SignalStack::SignalStack() {
  stack_t now{};
  if (sigaltstack(nullptr, &now) != 0 || (now.ss_flags & SS_DISABLE) == 0) return;
  memory_ = std::make_unique<char[]>(size);
  stack_t ours{};
  ours.ss_sp = memory_.get();
  ours.ss_size = size;
  if (sigaltstack(&ours, nullptr) != 0) memory_.reset();
}

SignalStack::~SignalStack() {
  if (!memory_) return;
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  sigaltstack(&none, nullptr);
}

std::string_view signal_name(int signal) {
  constexpr std::array<std::string_view, fatal.size()> names = {"SIGSEGV", "SIGBUS", "SIGFPE",
                                                                "SIGILL", "SIGABRT"};
  const auto at = std::find(fatal.begin(), fatal.end(), signal);
  return at == fatal.end() ? "a signal" : names[static_cast<std::size_t>(at - fatal.begin())];
}

}  // namespace millrace
