#include "core/checkpoint/kept_files.hpp"

#include <algorithm>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/container_layout.hpp"
#include "core/checkpoint/recovery.hpp"

namespace millrace {
namespace {

constexpr std::size_t read_at_once = std::size_t{1} << 20;

template <typename Visit>
void each_block(const ReadableFile& file, std::uint64_t bytes, Visit visit) {
  std::string block;
  for (std::uint64_t offset = 0; offset < bytes; offset += block.size()) {
    block.resize(static_cast<std::size_t>(std::min<std::uint64_t>(read_at_once, bytes - offset)));
    file.read_at(offset, block.data(), block.size());
    visit(std::string_view(block));
  }
}

std::string hash_of(const ReadableFile& file, std::uint64_t bytes) {
  container::Digest digest;
  each_block(file, bytes, [&](std::string_view block) { digest.add(block); });
  const auto hash = digest.value();
  return container::to_hex({hash.data(), hash.size()});
}

std::string own_name_of(const StateFile& file) {
  return parse_epoch_file_name(file.name).value_or(EpochFileName{}).own_name;
}

void copy_bytes(FileSystem& files, const std::filesystem::path& from, std::uint64_t bytes,
                const std::filesystem::path& to) {
  const std::unique_ptr<WritableFile> file = files.create(to);
  each_block(*files.open(from), bytes, [&](std::string_view block) { file->write(block); });
  file->close();
}

}  // namespace

FileKeeper::FileKeeper(FileSystem& files, const std::filesystem::path& directory,
                       const WriterIdentity& writer, std::uint64_t epoch,
                       const std::vector<StateFile>& chain)
    : files_(files), directory_(directory), writer_(writer), epoch_(epoch), chain_(chain) {}

const StateFile* FileKeeper::known(const std::string& own_name, std::uint64_t bytes) const {
  for (const StateFile& file : chain_)
    if (file.kind == StateFileKind::kept && file.size == bytes && own_name_of(file) == own_name)
      return &file;
  return nullptr;
}

void FileKeeper::keep(const std::filesystem::path& path, std::uint64_t bytes, bool grows) {
  const std::string own_name = path.filename().string();
  if (const StateFile* before = known(own_name, bytes)) {
    kept_.push_back(*before);
    return;
  }
  const EpochFileName name{epoch_, writer_.run_text(), EpochFileKind::kept, own_name};
  StateFile file{to_text(name), StateFileKind::kept, epoch_, bytes, bytes, "", grows};
  if (!parse_epoch_file_name(file.name))
    throw Error::internal("a store's file has a name that cannot be kept: " + own_name);
  if (!grows && files_.link(path, directory_ / file.name)) {
    linked_ = true;
    file.hash = hash_of(*files_.open(path), bytes);
  } else {
    copy(path, file);
  }
  kept_.push_back(std::move(file));
}

void FileKeeper::copy(const std::filesystem::path& from, StateFile& to) {
  auto& made = copies_.emplace_back(std::make_unique<DurableFile>(files_, directory_, to.name));
  container::Digest digest;
  each_block(*files_.open(from), to.size, [&](std::string_view block) {
    digest.add(block);
    made->content().write(block);
  });
  const auto hash = digest.value();
  to.hash = container::to_hex({hash.data(), hash.size()});
}

// Publishing a copy makes all names in the directory durable.
std::vector<StateFile> FileKeeper::finish() {
  for (const auto& copied : copies_) copied->publish();
  if (copies_.empty() && linked_) files_.sync_directory(directory_);
  return std::move(kept_);
}

void verify_kept_file(const FileSystem& files, const std::filesystem::path& directory,
                      const StateFile& file) {
  const std::unique_ptr<ReadableFile> content = files.open(directory / file.name);
  if (content->size() == file.size && hash_of(*content, file.size) == file.hash) return;
  throw CheckpointError(
      CheckpointFault::damaged,
      "checkpoint file " + (directory / file.name).string() +
          " is damaged: it is not the file that its epoch committed. It is not used, and no older "
          "epoch is used in its place. Restore the checkpoint's directory from a copy, or start "
          "from the beginning with an empty one");
}

// A file that the store goes on appending to must not be the checkpoint's own.
void restore_kept_files(FileSystem& files, const std::filesystem::path& directory,
                        const std::vector<StateFile>& chain, const std::filesystem::path& to) {
  for (const StateFile& file : chain) {
    if (file.kind != StateFileKind::kept) continue;
    const std::filesystem::path from = directory / file.name;
    const std::filesystem::path target = to / own_name_of(file);
    if (file.grows || !files.link(from, target)) copy_bytes(files, from, file.size, target);
  }
}

}  // namespace millrace
