#pragma once
#include <mutex>
#include <string>

#include "millrace/context.hpp"

namespace millrace::kafka {

/// Takes librdkafka's log lines from any of its threads. A client whose broker is down says so
/// several times a second: one such line in a while is a warning, the others are for debugging.
class ClientLog {
 public:
  explicit ClientLog(Context context) : context_(context) {}

  /// `level` is syslog's.
  void take(int level, const char* facility, const char* text);
  /// What was last said to be wrong; empty if nothing was.
  std::string last_failure() const;
  /// Forgets it: the cluster has answered since.
  void answered();

  const Context& context() const { return context_; }

 private:
  Context context_;
  mutable std::mutex mutex_;
  std::string last_failure_;
  int64_t next_warning_us_ = 0;
  int64_t withheld_ = 0;
};

}  // namespace millrace::kafka
