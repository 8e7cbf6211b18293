#include <algorithm>
#include <optional>

#include "core/checkpoint/archive.hpp"
#include "core/checkpoint/archive_records.hpp"
#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/decided_epochs.hpp"
#include "core/checkpoint/durable_file.hpp"
#include "core/checkpoint/epoch_log.hpp"
#include "core/checkpoint/format_file.hpp"
#include "core/checkpoint/state_files.hpp"

namespace millrace {
namespace {

constexpr std::size_t piece = container::payload_max;

class Exporter {
 public:
  Exporter(FileSystem& files, const std::filesystem::path& directory)
      : files_(files),
        directory_(directory),
        format_(read_format_file(files, directory)),
        log_(files, directory / "epochs", {format_.job, {}}) {
    for (const std::string& name : files.list(directory / "epochs"))
      if (const auto parsed = parse_epoch_file_name(name)) names_.push_back(*parsed);
  }

  // Finds all files of the epoch, and verifies them.
  void choose(std::optional<std::uint64_t> epoch) {
    const std::vector<EpochFileName> decided = decided_commits(log_, names_);
    const auto found =
        std::find_if(decided.rbegin(), decided.rend(),
                     [&](const EpochFileName& each) { return !epoch || each.epoch == *epoch; });
    if (found == decided.rend())
      throw CheckpointError(
          CheckpointFault::incompatible,
          directory_.string() + " has no such committed epoch" +
              (decided.empty() ? ""
                               : "; it has those from " + std::to_string(decided.front().epoch) +
                                     " to " + std::to_string(decided.back().epoch)));
    const Logged<EpochCommit> commit = log_.read_commit(*found);
    const StateChain verified(files_, directory_ / "state", format_.job, commit.record.state_files);
    made_ = {format_.format, found->epoch, commit.record.time_us, 0, 0};
    chosen_ = {format_file_name, to_text(*found),
               to_text({found->epoch, found->run, EpochFileKind::decided})};
    if (!commit.record.planned_before) chosen_.push_back(to_text(plan_of(commit.record)));
    for (const StateFile& file : commit.record.state_files)
      if (!file.in_record()) chosen_.push_back(file.name);
    if (!commit.record.outbox) return;
    if (!was_delivered(names_, *found))
      throw CheckpointError(CheckpointFault::incompatible,
                            "sinks may not have the rows of epoch " + std::to_string(found->epoch) +
                                " yet. Start the pipeline once, which delivers them, or name an "
                                "earlier epoch");
    chosen_.push_back(to_text({found->epoch, found->run, EpochFileKind::delivered}));
  }

  ArchivedEpoch write(Rng& rng, const std::filesystem::path& to) {
    if (files_.exists(to))
      throw CheckpointError(CheckpointFault::unusable,
                            to.string() + " exists already, and is not written over");
    const std::filesystem::path folder = to.has_parent_path() ? to.parent_path() : ".";
    DurableFile file(files_, folder, to.filename().string());
    ContainerWriter writer(file.content(),
                           {ContainerKind::archive, made_.epoch, format_.job, make_uuid(rng)});
    for (const std::string& name : chosen_) append(writer, name);
    made_.bytes = writer.finish().size;
    file.publish();
    return made_;
  }

 private:
  EpochFileName plan_of(const EpochCommit& commit) const {
    for (const EpochFileName& name : names_)
      if (name.kind == EpochFileKind::plan && name.epoch == commit.epoch &&
          log_.read_plan(name).file.hash == commit.plan_hash)
        return name;
    throw CheckpointError(CheckpointFault::damaged,
                          "the plan of epoch " + std::to_string(commit.epoch) + " is missing in " +
                              (directory_ / "epochs").string());
  }

  void append(ContainerWriter& writer, const std::string& name) {
    writer.append(archive::name_record, name);
    ++made_.files;
    // That the epoch is decided, and delivered, may be known without these files, which are empty.
    const auto kind = parse_epoch_file_name(name).value_or(EpochFileName{}).kind;
    if (kind == EpochFileKind::decided || kind == EpochFileKind::delivered) return;
    const auto content = files_.open(directory_ / archive::path_of(name));
    std::string bytes;
    for (std::uint64_t at = 0; at < content->size(); at += bytes.size()) {
      bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(piece, content->size() - at)));
      content->read_at(at, bytes.data(), bytes.size());
      writer.append(archive::bytes_record, bytes);
    }
  }

  FileSystem& files_;
  const std::filesystem::path directory_;
  const FormatFile format_;
  const EpochLog log_;
  std::vector<EpochFileName> names_;
  std::vector<std::string> chosen_;
  ArchivedEpoch made_;
};

}  // namespace

ArchivedEpoch export_epoch(FileSystem& files, Rng& rng, const std::filesystem::path& directory,
                           std::optional<std::uint64_t> epoch, const std::filesystem::path& to) {
  return as_checkpoint_error([&] {
    if (!files.exists(directory / format_file_name))
      throw CheckpointError(CheckpointFault::incompatible,
                            directory.string() + " is not a checkpoint: it has no file FORMAT");
    Exporter exporter(files, directory);
    exporter.choose(epoch);
    return exporter.write(rng, to);
  });
}

}  // namespace millrace
