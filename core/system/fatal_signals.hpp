#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace millrace {

// Lets the process say what it was at when it dies of a fault of its own code: SIGSEGV, SIGBUS,
// SIGFPE, SIGILL, or SIGABRT. It then dies as it would have. A signal that another process sent
// says nothing about the code, and is not told of. One at a time.
class FatalSignals {
 public:
  // Called on the thread at fault; may do what a signal handler may.
  using Witness = void (*)(int signal) noexcept;

  explicit FatalSignals(Witness witness);
  ~FatalSignals();
  FatalSignals(const FatalSignals&) = delete;
  FatalSignals& operator=(const FatalSignals&) = delete;

  // For a witness: adds bytes to a file, which is made where it is not there.
  static bool append(const char* path, std::string_view bytes) noexcept;
};

// A stack for the signals of this thread, so that one which ran out of its own can be told of.
// Nothing where the thread has one already.
class SignalStack {
 public:
  SignalStack();
  ~SignalStack();
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;

 private:
  static constexpr std::size_t size = 64 * 1024;

  std::unique_ptr<char[]> memory_;  // null: not ours
};

// "SIGSEGV" for 11.
std::string_view signal_name(int signal);

}  // namespace millrace
