#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/checkpoint/archive.hpp"
#include "core/checkpoint/archive_records.hpp"
#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/durable_file.hpp"
#include "core/checkpoint/epoch_log.hpp"
#include "core/checkpoint/format_file.hpp"
#include "core/checkpoint/recovery.hpp"
#include "core/checkpoint/state_files.hpp"

namespace millrace {
namespace archive {

std::filesystem::path path_of(const std::string& name) {
  if (name == format_file_name) return name;
  const std::optional<EpochFileName> parsed = parse_epoch_file_name(name);
  if (!parsed || to_text(*parsed) != name || name.find('/') != std::string::npos)
    throw CheckpointError(CheckpointFault::damaged,
                          "the archive holds a file that no checkpoint has; it is not used");
  const bool is_record =
      parsed->kind == EpochFileKind::plan || parsed->kind == EpochFileKind::commit ||
      parsed->kind == EpochFileKind::decided || parsed->kind == EpochFileKind::delivered;
  return std::filesystem::path(is_record ? "epochs" : "state") / name;
}

}  // namespace archive

namespace {

// Until all else is there: without FORMAT a directory is no checkpoint.
constexpr const char* format_aside = "FORMAT.tmp";

class Importer {
 public:
  Importer(FileSystem& files, const std::filesystem::path& from,
           const std::filesystem::path& directory)
      : files_(files), directory_(directory), archive_(files, from, ContainerKind::archive) {}

  ArchivedEpoch run(Rng& rng, bool as_new_job) {
    check_names();
    if (files_.exists(directory_))
      throw CheckpointError(CheckpointFault::unusable,
                            directory_.string() + " exists already, and an import makes a new one");
    for (const char* below : {"epochs", "state"}) files_.make_directories(directory_ / below);
    unpack();
    FormatFile format = read_format_file_at(files_, directory_ / format_aside);
    verify(format);
    if (as_new_job) format.format.job_id = to_text(make_uuid(rng));
    files_.remove(directory_ / format_aside);
    write_format_file(files_, directory_, format, make_uuid(rng));
    made_.format = format.format;
    made_.bytes = archive_.summary().size;
    return made_;
  }

 private:
  // Of all of them before anything is written.
  void check_names() {
    archive_.read({}, [&](RecordPlace, std::uint8_t type, std::string_view record) {
      if (type == archive::bytes_record && names_.empty())
        archive_.refuse("its first record is no name");
      if (type != archive::name_record) return true;
      archive::path_of(std::string(record));
      if (!names_.emplace(record).second) archive_.refuse("it holds a file twice");
      return true;
    });
    if (!names_.contains(format_file_name)) archive_.refuse("it holds no file FORMAT");
    made_.files = names_.size();
  }

  void unpack() {
    std::unique_ptr<WritableFile> format;
    std::unique_ptr<DurableFile> file;
    const auto finish = [&] {
      if (file) file->publish();
      if (format) format->close();
      file.reset();
      format.reset();
    };
    archive_.read({}, [&](RecordPlace, std::uint8_t type, std::string_view record) {
      if (type == archive::name_record) {
        finish();
        const std::filesystem::path path = archive::path_of(std::string(record));
        if (path == format_file_name)
          format = files_.create(directory_ / format_aside);
        else
          file = std::make_unique<DurableFile>(files_, directory_ / path.parent_path(),
                                               path.filename().string());
      } else if (type == archive::bytes_record) {
        (file ? file->content() : *format).write(record);
      }
      return true;
    });
    finish();
  }

  // That it is one whole epoch, and nothing else.
  void verify(const FormatFile& format) {
    const EpochLog log(files_, directory_ / "epochs", {format.job, {}});
    std::set<std::string> left = names_;
    left.erase(format_file_name);
    std::optional<EpochFileName> plan;
    std::optional<EpochFileName> commit;
    for (const std::string& name : names_) {
      const EpochFileName parsed = parse_epoch_file_name(name).value_or(EpochFileName{});
      if (name == format_file_name) continue;
      if (parsed.kind == EpochFileKind::plan) plan = parsed;
      if (parsed.kind == EpochFileKind::commit) commit = parsed;
    }
    if (!commit) archive_.refuse("the commit record of its epoch is missing");
    const EpochCommit record = log.read_commit(*commit).record;
    if (!plan && !record.planned_before) archive_.refuse("the plan of its epoch is missing");
    if (plan && record.plan_hash != log.read_plan(*plan).file.hash)
      archive_.refuse("its plan is not the one that its epoch committed");
    if (plan) left.erase(to_text(*plan));
    left.erase(to_text(*commit));
    for (const auto kind : {EpochFileKind::decided, EpochFileKind::delivered})
      left.erase(to_text({commit->epoch, commit->run, kind}));
    for (const StateFile& file : record.state_files) left.erase(file.name);
    if (!left.empty()) archive_.refuse("it holds a file that its epoch does not name");
    const StateChain verified(files_, directory_ / "state", format.job, record.state_files);
    made_.epoch = record.epoch;
    made_.committed_us = record.time_us;
  }

  FileSystem& files_;
  const std::filesystem::path directory_;
  const ContainerReader archive_;
  std::set<std::string> names_;
  ArchivedEpoch made_;
};

}  // namespace

ArchivedEpoch import_epoch(FileSystem& files, Rng& rng, const std::filesystem::path& from,
                           const std::filesystem::path& directory, bool as_new_job) {
  return as_checkpoint_error([&] { return Importer(files, from, directory).run(rng, as_new_job); });
}

}  // namespace millrace
