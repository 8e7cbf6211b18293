#pragma once
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string_view>

namespace millrace {

/// Places at which a test may end the process as kill -9 does: MILLRACE_CRASH_AT=plan.synced:3 is
/// the third time that a plan was flushed to the disk. Without the variable a place costs one load
/// and one branch; places stand where an epoch does a step, never where a row is.
class CrashPoint {
 public:
  /// The process has reached the place "AREA.STEP".
  static void reach(std::string_view area, std::string_view step) {
    if (const auto& armed = from_environment(); !armed.text.empty()) armed.pass(area, step);
  }

 private:
  struct Armed {
    std::string_view text;  ///< "AREA.STEP"; empty: none
    long count = 1;

    Armed() {
      const char* const variable = std::getenv("MILLRACE_CRASH_AT");
      if (variable == nullptr) return;
      text = variable;
      if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        count = std::strtol(variable + colon + 1, nullptr, 10);
        text = text.substr(0, colon);
      }
    }

    void pass(std::string_view area, std::string_view step) const {
      static std::atomic<long> times{0};
      if (text.size() != area.size() + 1 + step.size() || !text.starts_with(area) ||
          !text.ends_with(step) || text[area.size()] != '.')
        return;
      if (++times == count) std::raise(SIGKILL);
    }
  };

  static const Armed& from_environment() {
    static const Armed armed;
    return armed;
  }
};

}  // namespace millrace
