#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/plugin/component.hpp"

namespace millrace {

/// Says, for as long as it lives, that this thread is inside a plugin: of which component, in which
/// of its functions. Calls nest where one component's output is another's input.
class PluginCall {
 public:
  /// `function` lives as long as the program. So does nothing else: the component outlives the
  /// call.
  PluginCall(const ComponentParts& parts, const char* function);
  ~PluginCall();
  PluginCall(const PluginCall&) = delete;
  PluginCall& operator=(const PluginCall&) = delete;

 private:
  const ComponentHost* outer_host_;
  const char* outer_function_;
  uint64_t outer_number_;
};

/// A call that has not come back.
struct CallInProgress {
  std::string component;
  std::string_view function;
  uint64_t number;  ///< no other call has it
};

/// The innermost call of each thread that is inside a plugin. Thread-safe.
std::vector<CallInProgress> calls_in_progress();

/// The call that this thread is inside of; no component: none. In a signal handler too, and in what
/// exit() calls.
struct PlaceOfThread {
  std::string_view component;
  std::string_view function;
};
PlaceOfThread call_of_this_thread() noexcept;

}  // namespace millrace
