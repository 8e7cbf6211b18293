#pragma once
#include <utility>

#include "core/system/background.hpp"
#include "core/system/random.hpp"

namespace millrace::simulation {

/// Work beside the caller, in one thread: it is done at one of the moments when somebody asks, or
/// never, where the process dies before.
class SimulatedBackground final : public Background {
 public:
  explicit SimulatedBackground(uint64_t seed) : random_(seed) {}

  void start(Work work) override { work_ = std::move(work); }
  bool done() override {
    if (!work_) return true;
    if (random_.below(3) != 0) return false;
    std::exchange(work_, nullptr)();
    return true;
  }
  void abandon() noexcept override {
    try {
      if (const Work work = std::exchange(work_, nullptr)) work();
    } catch (...) {
      // Nobody wants to know any more. A death is noticed at the next operation of the disk.
    }
  }

 private:
  Rng random_;
  Work work_;
};

}  // namespace millrace::simulation
