#include "core/cli/failure.hpp"

#include "millrace/error.hpp"

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/cli/exit_code.hpp"

namespace millrace::cli {

int exit_code_of(const std::exception& failure) {
  if (dynamic_cast<const CheckpointError*>(&failure) != nullptr) return exit_checkpoint;
  const auto* error = dynamic_cast<const Error*>(&failure);
  if (error == nullptr) return exit_broken;
  switch (error->blame) {
    case Blame::user:
      return exit_configuration;
    case Blame::external:
      return error->retry == Retry::with_backoff ? exit_retries_spent : exit_unreachable;
    case Blame::data:
    case Blame::internal:
      break;
  }
  return exit_broken;
}

}  // namespace millrace::cli
