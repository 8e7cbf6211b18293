#include "tests/simulation/world.hpp"

#include <algorithm>

#include "millrace/error.hpp"

#include "core/system/random.hpp"

namespace millrace::simulation {
namespace {

bool at_disk(FaultKind kind) { return kind <= FaultKind::read_only; }
bool at_call(FaultKind kind) {
  return kind >= FaultKind::kill_at_call && kind <= FaultKind::sink_error;
}
bool at_decision(FaultKind kind) {
  return kind >= FaultKind::decision_lost && kind <= FaultKind::decision_sent_twice;
}

}  // namespace

World::World(const Scenario& scenario, bool aloud) : trace(aloud), scenario_(scenario) {
  for (const auto& input : scenario.inputs)
    for (const auto& partition : input)
      for (const auto& row : partition.rows)
        last_arrival_us_ = std::max(last_arrival_us_, row.arrives_us);
}

void World::begin_life(int life, StopSignal& stop, int64_t limit_us) {
  life_ = life;
  stop_ = &stop;
  dead_ = false;
  loses_power_ = false;
  excused_ = false;
  calls_ = 0;
  decisions_ = 0;
  first_operation_ = disk.operations();
  pending_.clear();
  std::optional<uint64_t> ends_at;
  for (const auto& fault : scenario_.faults) {
    if (fault.life != life) continue;
    if (at_disk(fault.kind))
      strike_disk(fault, ends_at);
    else if (fault.kind == FaultKind::bit_rot)
      rot(fault);
    else if (fault.kind == FaultKind::marker_forgotten)
      log.forget_marker();
    else
      pending_.push_back(fault);
  }
  if (ends_at) disk.lose_power_at_operation(*ends_at);
  clock.begin_life(stop, limit_us, [this] { return next_arrival(); });
  trace.note("life " + std::to_string(life) + " at " + std::to_string(clock.elapsed_us()));
}

void World::strike_disk(const Fault& fault, std::optional<uint64_t>& ends_at) {
  if (fault.kind == FaultKind::kill_at_disk || fault.kind == FaultKind::power_loss) {
    if (ends_at && *ends_at < fault.at) return;
    ends_at = fault.at;
    loses_power_ = fault.kind == FaultKind::power_loss;
    survivors_ = fault.detail;
    return;
  }
  disk.fail_operation(fault.at, fault.kind == FaultKind::io_error    ? DiskFault::io_error
                                : fault.kind == FaultKind::disk_full ? DiskFault::no_space
                                                                     : DiskFault::read_only);
}

// One bit of one file of the checkpoint is no longer what was written.
void World::rot(const Fault& fault) {
  std::vector<FileSystem::Path> paths;
  const FileSystem::Path root = "/disk/checkpoint";
  for (const auto& directory : {root, root / "epochs", root / "state"}) {
    if (!disk.exists(directory)) continue;
    for (const auto& name : disk.list(directory)) {
      const auto status = disk.status(directory / name);
      if (name != "LOCK" && !status->directory && status->size > 0)
        paths.push_back(directory / name);
    }
  }
  if (paths.empty()) return;
  const auto& path = paths[fault.detail % paths.size()];
  std::string bytes = disk.read(path);
  rotten.push_back({path, bytes});
  const uint64_t bit = (fault.detail / paths.size()) % (bytes.size() * 8);
  bytes[bit / 8] =
      static_cast<char>(static_cast<unsigned char>(bytes[bit / 8]) ^ (1U << (bit % 8)));
  disk.replace_content(path, bytes);
  trace.note("rot of bit " + std::to_string(bit) + " of " + path.string());
}

void World::repair(const Rotten& file) {
  if (disk.exists(file.path)) disk.replace_content(file.path, file.original);
}

void World::die() {
  dead_ = true;
  disk.lose_power_at_operation(0);
}

void World::end_life() {
  dead_ = true;
  if (loses_power_) {
    Rng survivors(survivors_);
    disk.power_loss(&survivors);
    trace.note("power is lost");
  } else {
    disk.process_death();
  }
  log.pass();
}

bool World::has_excuse() const {
  if (excused_ || dead_ || disk.lost_power()) return true;
  const uint64_t operations = disk.operations() - first_operation_;
  return std::ranges::any_of(scenario_.faults, [&](const Fault& fault) {
    return fault.life == life_ && at_disk(fault.kind) && fault.at < operations;
  });
}

void World::call(Side side) {
  if (dead_ || disk.lost_power()) throw Error::internal("the process is dead");
  clock.advance(scenario_.job.call_takes_us);
  log.pass();
  const uint64_t now = calls_++;
  for (size_t i = 0; i < pending_.size(); ++i) {
    const Fault fault = pending_[i];
    if (!at_call(fault.kind) || now < fault.at) continue;
    if (fault.kind == FaultKind::source_error && side != Side::source) continue;
    if (fault.kind == FaultKind::sink_error && side != Side::sink) continue;
    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
    trace.note("fault " + fault.text());
    if (fault.kind == FaultKind::stop) return stop_->request();
    if (fault.kind == FaultKind::clock_jump) {
      constexpr int64_t day = 86'400'000'000;
      return clock.jump(static_cast<int64_t>(fault.detail % (2 * day)) - day);
    }
    excused_ = true;
    if (fault.kind == FaultKind::kill_at_call) {
      die();
      throw Error::internal("the process is killed");
    }
    throw Error::external("the simulated " + std::string(side == Side::source ? "source" : "sink") +
                          " does not answer");
  }
}

std::optional<FaultKind> World::decision_fault() {
  const uint64_t now = decisions_++;
  for (size_t i = 0; i < pending_.size(); ++i) {
    const Fault fault = pending_[i];
    if (!at_decision(fault.kind) || now < fault.at) continue;
    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
    trace.note("fault " + fault.text());
    excused_ = true;
    return fault.kind;
  }
  return std::nullopt;
}

void World::violated(const std::string& what) {
  trace.note("violated: " + what);
  violations.push_back({what});
}

void World::show(const std::string& sink, int64_t epoch, const std::string& row) {
  shown[sink].push_back({epoch, row});
  trace.note(sink + " " + std::to_string(epoch) + " " + row);
}

int64_t World::arrived(size_t input, size_t partition) const {
  const auto& rows = scenario_.inputs[input][partition].rows;
  const auto now = clock.elapsed_us();
  const auto end = std::partition_point(rows.begin(), rows.end(),
                                        [&](const InputRow& row) { return row.arrives_us <= now; });
  return end - rows.begin();
}

bool World::all_has_arrived() const { return clock.elapsed_us() >= last_arrival_us_; }

std::optional<int64_t> World::next_arrival() const {
  if (!scenario_.job.announces) return std::nullopt;
  std::optional<int64_t> next;
  for (size_t input = 0; input < scenario_.inputs.size(); ++input)
    for (size_t i = 0; i < scenario_.inputs[input].size(); ++i) {
      const auto& rows = scenario_.inputs[input][i].rows;
      const auto at = static_cast<size_t>(arrived(input, i));
      if (at < rows.size())
        next = std::min(next.value_or(rows[at].arrives_us), rows[at].arrives_us);
    }
  return next;
}

bool World::decided(int64_t epoch) const {
  if (scenario_.job.has(SinkKind::log)) return epoch <= log.decided();
  return epoch < static_cast<int64_t>(committed.size());
}

}  // namespace millrace::simulation
