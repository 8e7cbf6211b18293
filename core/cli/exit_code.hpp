#pragma once

namespace millrace::cli {

/// What the process ends with, after sysexits.h. A unit file may say
/// RestartPreventExitStatus=64 78.
enum ExitCode : int {
  exit_done = 0,
  exit_not_held = 1,        // a check or a question was answered with no
  exit_usage = 64,          // the command line cannot be understood
  exit_unreachable = 69,    // a source or sink could not be reached
  exit_broken = 70,         // a plugin, a record or the engine itself failed
  exit_checkpoint = 74,     // the checkpoint cannot be read or written
  exit_retries_spent = 75,  // the outside world failed for too long
  exit_configuration = 78,  // the pipeline file or a plugin cannot be used
  exit_interrupted = 130,   // the second signal
};

}  // namespace millrace::cli
