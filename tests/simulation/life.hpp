#pragma once
#include <string>

#include "core/checkpoint/verdict.hpp"
#include "core/plugin/catalog.hpp"
#include "tests/simulation/world.hpp"

namespace millrace::simulation {

enum class EndingKind {
  done,     ///< by itself, or because it was asked to stop
  failed,   ///< by an error
  refused,  ///< by a checkpoint that it would not go on from
  died,
};

/// How a life of the process ended.
struct Ending {
  EndingKind kind = EndingKind::done;
  std::string message;  ///< of the error
};

/// One process: reads the pipeline file, plans, opens the checkpoint on what is there, and runs to
/// the end, as `millrace run` does; where the outside world fails a pipeline that has a decider, it
/// starts again inside the process.
Ending live(World& world, StopSignal& stop, const Catalog& catalog, const std::string& toml,
            const Assumption& assumption);

}  // namespace millrace::simulation
