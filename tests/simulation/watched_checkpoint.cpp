#include "tests/simulation/watched_checkpoint.hpp"

#include <algorithm>
#include <utility>

#include "core/checkpoint/recovery.hpp"

namespace millrace::simulation {
namespace {

const FileSystem::Path epochs_directory = "/disk/checkpoint/epochs";
const FileSystem::Path state_directory = "/disk/checkpoint/state";

// That what an epoch needs would be there after the power came back (I2).
void check_durable(World& world, uint64_t epoch, bool planned_before,
                   const std::vector<StateFile>& state_files) {
  const auto check = [&](const FileSystem::Path& path) {
    if (!world.disk.is_durable(path))
      world.violated("epoch " + std::to_string(epoch) + " is decided before " + path.string() +
                     " is durable (I2)");
  };
  bool plan = planned_before;
  bool commit = false;
  for (const auto& name : world.disk.list(epochs_directory)) {
    const auto parsed = parse_epoch_file_name(name);
    if (!parsed || parsed->epoch != epoch || parsed->kind == EpochFileKind::decided) continue;
    plan |= parsed->kind == EpochFileKind::plan;
    commit |= parsed->kind == EpochFileKind::commit;
    check(epochs_directory / name);
  }
  if (!plan || !commit)
    world.violated("epoch " + std::to_string(epoch) + " is decided without plan or record (I2)");
  for (const auto& file : state_files)
    if (!file.in_record()) check(state_directory / file.name);
}

}  // namespace

// The newest record on the disk is of the decided epoch or of the next one (I4).
std::optional<Marker> WatchedDecider::fence(const std::string& job, const std::string& run) {
  auto marker = decider_.fence(job, run);
  fenced_for_ = run;
  int64_t newest = Marker::before_the_first;
  for (const auto& name : world_.disk.list(epochs_directory))
    if (const auto parsed = parse_epoch_file_name(name);
        parsed && parsed->kind == EpochFileKind::commit)
      newest = std::max(newest, static_cast<int64_t>(parsed->epoch));
  const int64_t ahead = newest - world_.log.decided();
  if (ahead < 0 || ahead > 1)
    world_.violated("epoch " + std::to_string(newest) + " is prepared and epoch " +
                    std::to_string(world_.log.decided()) + " is decided (I4)");
  return marker;
}

void WatchedDecider::decide(const Marker& marker, const EpochCommit* record) {
  if (marker.run != fenced_for_)
    world_.violated("epoch " + std::to_string(marker.epoch) + " is decided by a run that did not " +
                    "fence those before it (I3)");
  if (record != nullptr)
    check_durable(world_, record->epoch, record->planned_before, record->state_files);
  decider_.decide(marker, record);
}

WatchedCheckpoint::WatchedCheckpoint(std::unique_ptr<Checkpoint> checkpoint, World& world)
    : checkpoint_(std::move(checkpoint)),
      world_(world),
      planned_before_(checkpoint_->recovered().last && checkpoint_->recovered().last->next) {
  check_recovered();
}

// Nothing that was committed is gone, nothing is committed that was not planned, and what is run
// again is the plan as it was (I1, I10).
void WatchedCheckpoint::check_recovered() {
  const auto& recovered = checkpoint_->recovered();
  auto& committed = world_.committed;
  if (recovered.next_epoch() == committed.size() + 1 && world_.planned &&
      world_.planned->epoch == committed.size())
    committed.push_back(*world_.planned);
  if (recovered.next_epoch() != committed.size())
    world_.violated("the next epoch is " + std::to_string(recovered.next_epoch()) + ", though " +
                    std::to_string(committed.size()) + " were committed (I10)");
  if (world_.scenario().job.has(SinkKind::log) &&
      static_cast<int64_t>(recovered.next_epoch()) != world_.log.decided() + 1)
    world_.violated("the next epoch is " + std::to_string(recovered.next_epoch()) +
                    ", though the broker decided epoch " + std::to_string(world_.log.decided()) +
                    " (I1)");
  if (recovered.last)
    for (const auto& [source, position] : recovered.last->positions)
      if (!committed.empty() && committed.back().sources[source].end_position != position)
        world_.violated("source " + source + " goes on at " + position + ", not where its last " +
                        "epoch ended: " + committed.back().sources[source].end_position + " (I7)");
  // A record that is found with the plan of the next epoch is the one that was to be written.
  if (recovered.last && recovered.last->next && world_.ahead &&
      world_.ahead->epoch == recovered.next_epoch())
    world_.planned = world_.ahead;
  if (!recovered.rerun) return;
  EpochPlan rerun = *recovered.rerun;
  rerun.parent = world_.planned ? world_.planned->parent : "";
  if (!world_.planned || to_json(rerun) != to_json(*world_.planned))
    world_.violated("epoch " + std::to_string(rerun.epoch) + " is run again by another plan (I7)");
}

void WatchedCheckpoint::check_monotony(const EpochPlan& plan) {
  if (world_.committed.empty()) return;
  const EpochPlan& before = world_.committed.back();
  for (const auto& [transform, watermark] : plan.watermarks) {
    const auto last = before.watermarks.find(transform);
    if (last == before.watermarks.end()) continue;
    if (watermark.watermark_us < last->second.watermark_us ||
        watermark.late_before_us != last->second.watermark_us)
      world_.violated("the watermark of " + transform + " does not go on where it was in epoch " +
                      std::to_string(plan.epoch) + " (I10)");
  }
  for (const auto& [source, planned] : plan.sources) {
    const auto last = before.sources.find(source);
    if (last != before.sources.end() && last->second.end_position != planned.start_position)
      world_.violated("source " + source + " is read from " + planned.start_position +
                      " on in epoch " + std::to_string(plan.epoch) + ", not from " +
                      last->second.end_position + " (I7)");
  }
}

void WatchedCheckpoint::write_plan(EpochPlan plan) {
  note_planned(plan);
  checkpoint_->write_plan(std::move(plan));
}

void WatchedCheckpoint::note_planned(const EpochPlan& plan) {
  check_monotony(plan);
  world_.planned = plan;
  world_.trace.note("planned " + std::to_string(plan.epoch));
}

CommitSize WatchedCheckpoint::commit(EpochCommit commit, std::unique_ptr<StateWriter> state) {
  const uint64_t epoch = commit.epoch;
  const bool planned_before = std::exchange(planned_before_, commit.next.has_value());
  const auto next = commit.next;
  if (next) world_.ahead = next;
  const auto size = checkpoint_->commit(std::move(commit), std::move(state));
  if (!world_.scenario().job.has(SinkKind::log)) check_durable(world_, epoch, planned_before, {});
  world_.committed.push_back(*world_.planned);
  if (next) note_planned(*next);
  world_.trace.note("committed " + std::to_string(epoch) + " at " +
                    std::to_string(world_.clock.elapsed_us()));
  return size;
}

}  // namespace millrace::simulation
