#pragma once
#include <filesystem>

#include "core/system/fatal_signals.hpp"

namespace millrace {

/// As long as it lives: should the process die inside a plugin, a note in the checkpoint's
/// directory says of what, and at which records. It costs nothing until then. One at a time.
class CrashWitness {
 public:
  explicit CrashWitness(const std::filesystem::path& checkpoint);

 private:
  FatalSignals signals_;
};

}  // namespace millrace
