#include "tests/simulation/simulation.hpp"

#include <algorithm>
#include <charconv>
#include <dlfcn.h>
#include <stdexcept>

#include "tests/simulation/life.hpp"
#include "tests/simulation/oracle.hpp"

namespace millrace::simulation {
namespace {

constexpr int most_lives = 60;
constexpr int64_t restart_us = 10'000;
constexpr int64_t second = 1'000'000;
constexpr int64_t calls_of_an_epoch = 200;  // at most, about

// Components find the world by this function of their plugin, which the catalog has loaded.
void connect(World& world) {
  void* const plugin = dlopen(MILLRACE_SIMULATED_PLUGIN, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
  using Connect = void (*)(Outside*);
  const auto connect_to =
      plugin == nullptr ? nullptr
                        : reinterpret_cast<Connect>(dlsym(plugin, "millrace_simulation_connect"));
  if (connect_to == nullptr) throw std::logic_error("the simulated plugin is not loaded");
  connect_to(&world);
  dlclose(plugin);
}

class Simulation {
 public:
  Simulation(const Scenario& scenario, const Catalog& catalog, bool aloud)
      : scenario_(scenario),
        catalog_(catalog),
        toml_(scenario.job.toml()),
        world_(scenario, aloud) {
    connect(world_);
    for (const auto& fault : scenario.faults) last_fault_ = std::max(last_fault_, fault.life);
  }

  Outcome run() {
    bool done = false;
    while (!done && world_.violations.empty()) {
      if (life_ == most_lives) {
        world_.violated("everything is calm, and still the pipeline does not come to its end");
        break;
      }
      done = live_once() && life_ > last_fault_;
      ++life_;
      world_.clock.advance(restart_us);
    }
    if (world_.violations.empty())
      for (auto& violation : judge(world_)) world_.violated(violation.what);
    Outcome outcome;
    for (const auto& violation : world_.violations) outcome.violations.push_back(violation.what);
    outcome.trace = world_.trace.hash();
    outcome.lives = life_;
    outcome.epochs = world_.committed.size();
    outcome.elapsed_us = world_.clock.elapsed_us();
    return outcome;
  }

 private:
  bool ends_by_itself() const {
    return scenario_.job.trigger == TriggerChoice::once ||
           scenario_.job.trigger == TriggerChoice::available_now;
  }

  // Once everything has arrived, this is how long a pipeline that nothing disturbs may take.
  int64_t limit_us() const {
    const Job& job = scenario_.job;
    size_t longest = 0;
    for (const auto& input : scenario_.inputs)
      for (const auto& partition : input) longest = std::max(longest, partition.rows.size());
    const auto epochs = static_cast<int64_t>(longest) / job.batch + 5;
    return std::max(world_.clock.elapsed_us(), world_.last_arrival_us()) +
           epochs * (job.interval_us + calls_of_an_epoch * job.call_takes_us) +
           job.idle_after_us.value_or(0) + 5 * second;
  }

  /// Whether everything is done that there ever will be.
  bool live_once() {
    if (ends_by_itself() && life_ > last_fault_) world_.clock.advance_to(world_.last_arrival_us());
    const bool all_there = world_.all_has_arrived();
    StopSignal stop;
    world_.begin_life(life_, stop, limit_us());
    const auto ending = live(world_, stop, catalog_, toml_, assumption_);
    assumption_ = {};
    const bool excused = world_.has_excuse();
    world_.end_life();
    switch (ending.kind) {
      case EndingKind::died:
        return false;
      case EndingKind::refused:
        refused(ending.message);
        return false;
      case EndingKind::failed:
        if (!excused) world_.violated("it fails for no reason: " + ending.message);
        return false;
      case EndingKind::done:
        break;
    }
    if (world_.clock.reached_limit()) {
      if (!everything_read()) world_.violated("it waits though there is input");
      return true;
    }
    return ends_by_itself() && all_there && !stop.requested();
  }

  bool everything_read() const {
    if (world_.committed.empty()) return false;
    const auto& sources = world_.committed.back().sources;
    for (size_t i = 0; i < scenario_.inputs.size(); ++i) {
      std::string end;
      for (const auto& partition : scenario_.inputs[i])
        end += (end.empty() ? "" : ",") + std::to_string(partition.rows.size());
      const auto source = sources.find(i == 0 ? "events" : "others");
      if (source == sources.end() || source->second.end_position != end) return false;
    }
    return true;
  }

  // Damage must be named, and is then put right from a copy; what the broker forgot is for an
  // operator, who knows.
  void refused(const std::string& message) {
    for (const std::string_view flag : {"--assume-committed=", "--assume-aborted="}) {
      const auto at = message.find(flag);
      if (at == std::string::npos) continue;
      uint64_t epoch = 0;
      std::from_chars(message.data() + at + flag.size(), message.data() + message.size(), epoch);
      if (world_.log.decided() >= static_cast<int64_t>(epoch))
        assumption_.committed = epoch;
      else
        assumption_.aborted = epoch;
      return;
    }
    if (world_.rotten.empty()) return world_.violated("it refuses a sound checkpoint: " + message);
    const bool named = std::ranges::any_of(world_.rotten, [&](const World::Rotten& file) {
      return message.find(file.path.filename().string()) != std::string::npos;
    });
    if (!named) world_.violated("it does not name the damaged file: " + message);
    for (auto file = world_.rotten.rbegin(); file != world_.rotten.rend(); ++file)
      world_.repair(*file);
    world_.rotten.clear();
  }

  const Scenario& scenario_;
  const Catalog& catalog_;
  const std::string toml_;
  World world_;
  int life_ = 0;
  int last_fault_ = -1;
  Assumption assumption_;
};

}  // namespace

Outcome simulate(const Scenario& scenario, const Catalog& catalog, bool aloud) {
  return Simulation(scenario, catalog, aloud).run();
}

Scenario shrink(Scenario scenario, const Catalog& catalog) {
  for (size_t i = scenario.faults.size(); i-- > 0;) {
    Scenario smaller = scenario;
    smaller.faults.erase(smaller.faults.begin() + static_cast<std::ptrdiff_t>(i));
    if (!simulate(smaller, catalog).violations.empty()) scenario = std::move(smaller);
  }
  return scenario;
}

std::string report(const Scenario& scenario, const Outcome& outcome) {
  std::string text = "seed " + std::to_string(scenario.seed) + " breaks a promise in life " +
                     std::to_string(outcome.lives) + ", epoch " + std::to_string(outcome.epochs) +
                     ":\n";
  for (const auto& violation : outcome.violations) text += "  " + violation + "\n";
  text += "the faults that it takes:\n";
  for (const auto& fault : scenario.faults) text += "  " + fault.text() + "\n";
  return text + "again, aloud: ./dev simulate --seed " + std::to_string(scenario.seed) +
         " --seeds 1 --trace" + (scenario.faults.empty() ? " --calm" : "") + "\n";
}

Catalog make_catalog() {
  Catalog catalog;
  for (const auto* name : {"window", "select", "deduplicate", "join", "memory_store"})
    catalog.add(std::filesystem::path(MILLRACE_TEST_PLUGINS) /
                ("libmillrace_" + std::string(name) + ".so"));
  catalog.add(MILLRACE_SIMULATED_PLUGIN);
  for (const auto& refused : catalog.refused()) throw std::logic_error(refused.reason);
  return catalog;
}

}  // namespace millrace::simulation
