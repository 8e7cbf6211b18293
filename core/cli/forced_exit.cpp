#include "core/cli/forced_exit.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <poll.h>
#include <string_view>
#include <sys/eventfd.h>
#include <unistd.h>

#include "millrace/error.hpp"

#include "core/cli/exit_code.hpp"
#include "core/system/start_thread.hpp"

namespace millrace::cli {
namespace {

constexpr std::string_view farewell = "stopped at once; the next start runs the open epoch again\n";

void wait_for_either(int forced, int leave) {
  std::array<pollfd, 2> watched = {{{forced, POLLIN, 0}, {leave, POLLIN, 0}}};
  while (poll(watched.data(), watched.size(), -1) < 0 && errno == EINTR) {
  }
  if ((watched[1].revents & POLLIN) != 0 || (watched[0].revents & POLLIN) == 0) return;
  // Nothing is unwound: threads may be anywhere in plugins.
  [[maybe_unused]] const auto written = write(STDERR_FILENO, farewell.data(), farewell.size());
  std::_Exit(exit_interrupted);
}

}  // namespace

ForcedExit::ForcedExit(const StopSignal& stop) : leave_descriptor_(eventfd(0, EFD_CLOEXEC)) {
  if (leave_descriptor_ < 0) throw Error::internal("eventfd() failed; too many open files?");
  thread_ = start_thread("that waits for a second signal",
                         [forced = stop.forced_descriptor(), leave = leave_descriptor_] {
                           wait_for_either(forced, leave);
                         });
}

ForcedExit::~ForcedExit() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(leave_descriptor_, &one, sizeof one);
  thread_.join();
  close(leave_descriptor_);
}

}  // namespace millrace::cli
