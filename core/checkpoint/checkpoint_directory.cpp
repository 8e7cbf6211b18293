#include "core/checkpoint/checkpoint_directory.hpp"

#include <algorithm>
#include <optional>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/format_file.hpp"
#include "core/system/clock.hpp"

namespace millrace {
namespace {

constexpr const char* lock_name = "LOCK";

std::filesystem::path without_trailing_slash(const std::filesystem::path& path) {
  const std::filesystem::path clean = path.lexically_normal();
  return clean.has_filename() ? clean : clean.parent_path();
}

bool is_temporary(const std::string& name) { return name.ends_with(temporary_ending); }

}  // namespace

CheckpointOptions options_of(const FileSystem& files, const std::filesystem::path& directory) {
  if (!files.exists(directory / format_file_name))
    throw CheckpointError(CheckpointFault::incompatible,
                          directory.string() + " is not a checkpoint: it has no file FORMAT");
  CheckpointOptions options;
  options.pipeline = read_format_file(files, directory).format.pipeline;
  return options;
}

CheckpointDirectory::CheckpointDirectory(FileSystem& files, const Clock& clock, Rng& rng,
                                         const std::filesystem::path& directory,
                                         const CheckpointOptions& options)
    : files_(files), directory_(without_trailing_slash(directory)) {
  files_.make_directories(directory_);
  check_ownership();
  const bool existing = files_.exists(directory_ / format_file_name);
  if (!existing) require_unused();
  take_lock();
  clean(directory_);
  writer_.run = make_uuid(rng);
  if (files_.exists(directory_ / format_file_name)) {
    read_format(options);
  } else {
    create_format(options, clock.now_us(), make_uuid(rng));
  }
  for (const std::filesystem::path& below : {epochs(), state(), outbox()}) {
    if (!files_.exists(below)) continue;
    clean(below);
    list(below);
  }
  if (files_.exists(work())) remove_all(work());
}

void CheckpointDirectory::check_ownership() const {
  const std::optional<FileStatus> status = files_.status(directory_);
  if (!status || !status->directory) {
    throw CheckpointError(
        CheckpointFault::unusable,
        "checkpoint " + directory_.string() + " is not a directory; a link to one is not followed");
  }
  if (status->owner != files_.user()) {
    throw CheckpointError(
        CheckpointFault::unusable,
        "checkpoint " + directory_.string() +
            " belongs to another user, who could change it. Run as its owner, or give the "
            "directory to the user that runs the pipeline: owner " +
            std::to_string(status->owner) + ", this process " + std::to_string(files_.user()));
  }
  if ((status->mode & 0022) != 0) {
    throw CheckpointError(CheckpointFault::unusable,
                          "checkpoint " + directory_.string() +
                              " may be written by other users, who could change it. Take that "
                              "right away: chmod go-w " +
                              directory_.string());
  }
}

// A directory that holds something else is most likely a mistake in the configuration.
void CheckpointDirectory::require_unused() const {
  for (const std::string& name : files_.list(directory_)) {
    if (name == lock_name || name == format_file_name || name == "epochs" || name == "state" ||
        name == "work" || name == "outbox" || name == "lost+found" || is_temporary(name)) {
      continue;
    }
    throw CheckpointError(CheckpointFault::incompatible,
                          "checkpoint " + directory_.string() +
                              " is not a checkpoint, and not empty. Give `checkpoint` a directory "
                              "of its own; found in this one: " +
                              name);
  }
}

void CheckpointDirectory::take_lock() {
  const std::filesystem::path path = directory_ / lock_name;
  lock_ = files_.try_lock(path);
  if (lock_) return;
  std::string holder;
  try {
    holder = files_.read(path);
  } catch (const Error&) {
    // Who holds it is information only.
  }
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  throw CheckpointError(CheckpointFault::in_use,
                        "checkpoint " + directory_.string() +
                            " is in use. Stop the other process, or give this pipeline a "
                            "checkpoint of its own; it is used by " +
                            (holder.empty() ? "an unknown process" : holder));
}

void CheckpointDirectory::clean(const std::filesystem::path& directory) {
  for (const std::string& name : files_.list(directory)) {
    if (is_temporary(name)) files_.remove(directory / name);
  }
}

void CheckpointDirectory::remove_all(const std::filesystem::path& path) {
  const std::optional<FileStatus> status = files_.status(path);
  if (status && status->directory)
    for (const std::string& name : files_.list(path)) remove_all(path / name);
  files_.remove(path);
}

// An earlier process may have died after it made the directories and before that was durable.
void CheckpointDirectory::sync_above() {
  std::filesystem::path above = std::filesystem::absolute(directory_);
  while (above.has_relative_path()) {
    above = above.parent_path();
    try {
      files_.sync_directory(above);
    } catch (const Error&) {
      // One that we may not read was not made by us.
    }
  }
}

void CheckpointDirectory::create_format(const CheckpointOptions& options, std::int64_t now_us,
                                        const Uuid& job) {
  for (const std::filesystem::path& below : {epochs(), state()}) {
    files_.make_directories(below);
    if (!files_.list(below).empty()) {
      throw CheckpointError(CheckpointFault::damaged,
                            "checkpoint " + directory_.string() +
                                " holds epochs, but its file FORMAT is missing. Restore the "
                                "directory from a copy, or start with an empty one");
    }
  }
  sync_above();
  writer_.job = job;
  format_ = {to_text(job), options.pipeline, options.shards, now_us};
  write_format_file(files_, directory_, {format_, job}, writer_.run);
}

void CheckpointDirectory::read_format(const CheckpointOptions& options) {
  const FormatFile file = read_format_file(files_, directory_);
  format_ = file.format;
  writer_.job = file.job;
  if (format_.pipeline != options.pipeline) {
    throw CheckpointError(CheckpointFault::incompatible,
                          "checkpoint " + directory_.string() +
                              " belongs to another pipeline. Give `checkpoint` another directory, "
                              "or `name` the name it was made with: " +
                              format_.pipeline + ", not " + options.pipeline);
  }
  for (const std::filesystem::path& below : {epochs(), state()}) {
    if (files_.exists(below)) continue;
    throw CheckpointError(CheckpointFault::damaged,
                          "a part of the checkpoint is missing. Restore the directory from a copy, "
                          "or start with an empty one: " +
                              below.string());
  }
}

void CheckpointDirectory::list(const std::filesystem::path& directory) {
  for (const std::string& name : files_.list(directory)) {
    const std::optional<EpochFileName> parsed = parse_epoch_file_name(name);
    if (!parsed || path_of(*parsed) != directory / name) continue;
    const std::optional<FileStatus> status = files_.status(directory / name);
    sizes_[name] = status ? status->size : 0;
  }
}

std::filesystem::path CheckpointDirectory::path_of(const EpochFileName& name) const {
  if (name.kind == EpochFileKind::outbox || name.kind == EpochFileKind::notes)
    return outbox() / to_text(name);
  return (is_state(name.kind) ? state() : epochs()) / to_text(name);
}

std::vector<EpochFileName> CheckpointDirectory::epoch_files() const {
  std::vector<EpochFileName> names;
  names.reserve(sizes_.size());
  for (const auto& [name, size] : sizes_) names.push_back(*parse_epoch_file_name(name));
  return names;
}

void CheckpointDirectory::added(const EpochFileName& name, std::uint64_t size) {
  sizes_[to_text(name)] = size;
}

void CheckpointDirectory::remove(const EpochFileName& name) {
  files_.remove(path_of(name));
  sizes_.erase(to_text(name));
}

void CheckpointDirectory::sync() {
  files_.sync_directory(directory_);
  files_.sync_directory(epochs());
  files_.sync_directory(state());
  if (files_.exists(outbox())) files_.sync_directory(outbox());
}

std::uint64_t CheckpointDirectory::total_bytes() const {
  std::uint64_t total = 0;
  for (const auto& [name, size] : sizes_) total += size;
  return total;
}

}  // namespace millrace
