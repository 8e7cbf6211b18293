// `./dev simulate`: runs scenarios, one a seed, and stops at the first that breaks a promise.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "tests/simulation/simulation.hpp"

namespace millrace::simulation {
namespace {

struct Flags {
  uint64_t seed = 1;
  uint64_t seeds = 1000;
  bool trace = false;
  bool faults = true;
};

[[noreturn]] void usage() {
  std::cerr << "usage: simulate [--seeds N] [--seed FIRST] [--trace] [--calm]\n";
  std::exit(2);
}

Flags read_flags(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--trace")
      flags.trace = true;
    else if (flag == "--calm")
      flags.faults = false;
    else if ((flag == "--seed" || flag == "--seeds") && i + 1 < argc)
      (flag == "--seed" ? flags.seed : flags.seeds) = std::strtoull(argv[++i], nullptr, 10);
    else
      usage();
  }
  return flags;
}

int run(const Flags& flags) {
  const Catalog catalog = make_catalog();
  const auto begun = std::chrono::steady_clock::now();
  uint64_t lives = 0;
  uint64_t epochs = 0;
  int64_t virtual_us = 0;
  for (uint64_t i = 0; i < flags.seeds; ++i) {
    Scenario scenario = draw(flags.seed + i);
    if (!flags.faults) scenario.faults.clear();
    if (flags.trace) std::cerr << scenario.job.toml();
    const Outcome outcome = simulate(scenario, catalog, flags.trace);
    if (!outcome.violations.empty()) {
      const Scenario small = shrink(scenario, catalog);
      std::cout << report(small, simulate(small, catalog));
      return 1;
    }
    lives += static_cast<uint64_t>(outcome.lives);
    epochs += outcome.epochs;
    virtual_us += outcome.elapsed_us;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::printf(
      "%llu seeds, %llu lives, %llu epochs, %.0f virtual seconds in %.1f s (%.0f seeds/s): every "
      "promise kept\n",
      static_cast<unsigned long long>(flags.seeds), static_cast<unsigned long long>(lives),
      static_cast<unsigned long long>(epochs), static_cast<double>(virtual_us) / 1e6, took.count(),
      static_cast<double>(flags.seeds) / took.count());
  return 0;
}

}  // namespace
}  // namespace millrace::simulation

int main(int argc, char** argv) {
  return millrace::simulation::run(millrace::simulation::read_flags(argc, argv));
}
