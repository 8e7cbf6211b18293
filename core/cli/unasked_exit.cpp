#include "core/cli/unasked_exit.hpp"

#include <atomic>
#include <cstdlib>
#include <string>
#include <unistd.h>

#include "core/cli/exit_code.hpp"
#include "core/plugin/plugin_call.hpp"

namespace millrace::cli {
namespace {

std::atomic<bool> at_work{false};

// On the thread that called exit(). Other threads may be anywhere: nothing is unwound.
void refuse() {
  if (!at_work) return;
  const auto call = call_of_this_thread();
  std::string text = "error: ";
  if (call.component.empty())
    text += "a plugin or a library";
  else
    text += "the plugin of `" + std::string(call.component) + "`, in " +
            std::string(call.function) + "(),";
  text += " called exit() while the pipeline ran; the next start runs the open epoch again\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
  std::_Exit(exit_broken);
}

}  // namespace

UnaskedExit::UnaskedExit() {
  static const int registered = std::atexit(refuse);
  static_cast<void>(registered);
  at_work = true;
}

UnaskedExit::~UnaskedExit() { at_work = false; }

}  // namespace millrace::cli
