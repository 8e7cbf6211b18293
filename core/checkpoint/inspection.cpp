#include "core/checkpoint/inspection.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/delivery_notes_file.hpp"
#include "core/checkpoint/epoch_log.hpp"
#include "core/checkpoint/format_file.hpp"
#include "core/checkpoint/kept_files.hpp"
#include "core/checkpoint/outbox_file.hpp"
#include "core/checkpoint/state_files.hpp"

namespace millrace {
namespace {

class Inspector {
 public:
  Inspector(FileSystem& files, const std::filesystem::path& directory)
      : files_(files),
        directory_(directory),
        format_(read_format_file(files, directory)),
        log_(files, directory / "epochs", {format_.job, {}}) {
    found_.format = format_.format;
  }

  Inspection inspect() {
    for (const char* below : {"epochs", "state", "outbox"})
      if (files_.exists(directory_ / below)) read_all(directory_ / below);
    verify_kept_files();
    decide_newest();
    if (found_.newest) read_state(*found_.epochs.at(*found_.newest).commit);
    if (found_.newest) read_outbox(*found_.epochs.at(*found_.newest).commit);
    for (const auto& file : found_.files)
      if (!file.problem.empty()) found_.problems.push_back(file.problem);
    // The newest epoch's state was read twice.
    const std::set<std::string> once(found_.problems.begin(), found_.problems.end());
    found_.problems.assign(once.begin(), once.end());
    return std::move(found_);
  }

 private:
  void read_all(const std::filesystem::path& folder) {
    for (const std::string& name : files_.list(folder)) {
      const std::optional<EpochFileName> parsed = parse_epoch_file_name(name);
      if (!parsed) continue;
      InspectedFile file{*parsed, 0, ""};
      try {
        read(file, folder / name);
      } catch (const Error& error) {
        if (!files_.exists(folder / name)) continue;
        file.problem = error.what();
      }
      found_.files.push_back(std::move(file));
    }
  }

  void read(InspectedFile& file, const std::filesystem::path& path) {
    if (const std::optional<FileStatus> status = files_.status(path)) file.size = status->size;
    switch (file.name.kind) {
      case EpochFileKind::plan:
        found_.epochs[file.name.epoch].plan = log_.read_plan(file.name).record;
        break;
      case EpochFileKind::commit:
        read_commit(file.name);
        break;
      case EpochFileKind::decided:
      case EpochFileKind::delivered:
        break;  // Its name says it all.
      case EpochFileKind::outbox:
        ContainerReader(files_, path, ContainerKind::outbox);
        break;
      case EpochFileKind::notes:
        ContainerReader(files_, path, ContainerKind::notes);
        break;
      case EpochFileKind::delta:
      case EpochFileKind::snapshot:
        ContainerReader(files_, path, ContainerKind::state);
        break;
      case EpochFileKind::kept:
        break;  // verify_kept_files() does: only a commit record knows what it should be.
    }
  }

  // It may hold the plan of the next epoch.
  void read_commit(const EpochFileName& name) {
    auto& commit = found_.epochs[name.epoch].commit;
    commit = log_.read_commit(name).record;
    if (commit->next && !found_.epochs[name.epoch + 1].plan)
      found_.epochs[name.epoch + 1].plan = commit->next;
  }

  // One that no commit record names is what a killed process left, and removed at the next start.
  void verify_kept_files() {
    std::map<std::string, StateFile> named;
    for (const auto& [number, epoch] : found_.epochs)
      if (epoch.commit)
        for (const StateFile& file : epoch.commit->state_files) named[file.name] = file;
    for (InspectedFile& file : found_.files) {
      const auto expected = named.find(to_text(file.name));
      if (file.name.kind != EpochFileKind::kept || expected == named.end()) continue;
      try {
        verify_kept_file(files_, directory_ / "state", expected->second);
      } catch (const Error& error) {
        if (files_.exists(directory_ / "state" / expected->first)) file.problem = error.what();
      }
    }
  }

  // By the names alone, as a start decides.
  void decide_newest() {
    std::vector<EpochFileName> names;
    for (const InspectedFile& file : found_.files) names.push_back(file.name);
    const RecoveryDecision decision = decide(names);
    if (decision.kind == RecoveryDecision::Kind::refuse)
      found_.problems.push_back("the files contradict each other: " + decision.reason);
    if (decision.commit && found_.epochs[decision.commit->epoch].commit)
      found_.newest = decision.commit->epoch;
  }

  void read_state(const EpochCommit& commit) {
    try {
      const StateChain chain(files_, directory_ / "state", format_.job, commit.state_files);
      for (const auto& [owner, bytes] : chain.sizes()) {
        auto& state = found_.state[owner.first];
        ++state.shards;
        state.bytes += bytes;
      }
      for (const auto& [name, bytes] : commit.state_bytes)
        found_.state[name] = {format_.format.shards, static_cast<std::uint64_t>(bytes)};
    } catch (const CheckpointError& error) {
      found_.problems.emplace_back(error.what());
    }
  }

  // As a start finds it: the next epoch is planned once sinks have this one.
  void read_outbox(const EpochCommit& commit) {
    const bool delivered =
        std::any_of(found_.files.begin(), found_.files.end(), [&](const InspectedFile& file) {
          const EpochFileName& name = file.name;
          return (name.kind == EpochFileKind::delivered && name.epoch == commit.epoch) ||
                 (name.kind == EpochFileKind::plan && name.epoch == commit.epoch + 1);
        });
    if (!commit.outbox || delivered) return;
    try {
      const OutboxFileReader outbox(files_, directory_ / "outbox", format_.job, commit.epoch,
                                    *commit.outbox);
      std::vector<EpochFileName> names;
      for (const InspectedFile& file : found_.files) names.push_back(file.name);
      const auto last = newest_notes(names, commit.epoch);
      const DeliveryNotes notes =
          last ? read_delivery_notes(files_, directory_ / "outbox", *last, format_.job)
               : DeliveryNotes{};
      for (const auto& [address, part] : outbox.parts()) {
        if (notes.discarded.contains(address.sink)) continue;
        auto& found = found_.undelivered[address.sink];
        found.partitions.insert(address.partition);
        found.rows += part.rows;
        found.bytes += part.bytes;
      }
    } catch (const CheckpointError& error) {
      found_.problems.emplace_back(error.what());
    }
  }

  FileSystem& files_;
  const std::filesystem::path directory_;
  const FormatFile format_;
  const EpochLog log_;
  Inspection found_;
};

}  // namespace

std::uint64_t Inspection::bytes() const {
  std::uint64_t bytes = 0;
  for (const InspectedFile& file : files) bytes += file.size;
  return bytes;
}

Inspection inspect_checkpoint(FileSystem& files, const std::filesystem::path& directory) {
  if (!files.exists(directory / format_file_name))
    throw CheckpointError(CheckpointFault::incompatible,
                          directory.string() + " is not a checkpoint: it has no file FORMAT");
  return Inspector(files, directory).inspect();
}

}  // namespace millrace
