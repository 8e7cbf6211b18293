#pragma once

#include <string>

#include "millrace/error.hpp"

namespace millrace {

// What is wrong with a checkpoint, for the exit code and for an operator's script.
enum class CheckpointFault {
  unusable,      // it cannot be read or written: permissions, disk full, I/O error
  in_use,        // another process works on it
  damaged,       // a file is torn, changed, missing or of another checkpoint
  incompatible,  // it is sound, but of another pipeline or a newer version
};

class CheckpointError : public Error {
 public:
  CheckpointError(CheckpointFault what, const std::string& message)
      : Error(what == CheckpointFault::unusable ? Blame::external : Blame::user, Retry::never,
              message),
        fault(what) {}

  CheckpointFault fault;
};

// What a decider threw. Whether the epoch is decided is found out by opening the checkpoint again.
class Undecided : public Error {
 public:
  explicit Undecided(const Error& cause) : Error(cause) {}
};

// Asks a decider, whose failures are not the disk's.
template <typename Question>
auto asking(Question&& decider) {
  try {
    return decider();
  } catch (const Error& error) {
    throw Undecided(error);
  }
}

// Runs `body`; what the disk refuses becomes a CheckpointError.
template <typename Body>
auto as_checkpoint_error(Body&& body) {
  try {
    return body();
  } catch (const CheckpointError&) {
    throw;
  } catch (const Undecided&) {
    throw;
  } catch (const Error& problem) {
    if (problem.blame != Blame::external) throw;
    throw CheckpointError(CheckpointFault::unusable, std::string("checkpoint: ") + problem.what());
  }
}

}  // namespace millrace
