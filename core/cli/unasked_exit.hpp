#pragma once

namespace millrace::cli {

/// While it lives, a call of exit() is no end in order: whoever started the process would take 0
/// for an answer. It ends with exit_broken, and says which plugin called. One at a time.
class UnaskedExit {
 public:
  UnaskedExit();
  ~UnaskedExit();
  UnaskedExit(const UnaskedExit&) = delete;
  UnaskedExit& operator=(const UnaskedExit&) = delete;
};

}  // namespace millrace::cli
