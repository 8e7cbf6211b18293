#include "core/checkpoint/parted_snapshot.hpp"

#include <algorithm>

#include "core/checkpoint/checkpoint_error.hpp"

namespace millrace {
namespace {

// In proportion to the changes, so that the snapshot is whole before these outweigh it; and not so
// little that it never ends where few things change.
constexpr std::uint64_t part_bytes_floor = std::uint64_t{2} << 20;

StateFile nothing_since(std::uint64_t epoch) {
  StateFile file;
  file.epoch = epoch;
  return file;
}

}  // namespace

PartedSnapshot::PartedSnapshot(FileSystem& files, const std::filesystem::path& directory,
                               const WriterIdentity& writer, std::uint64_t epoch,
                               Background& background)
    : file_(files, directory, writer, epoch, StateFileKind::snapshot), background_(background) {}

PartedSnapshot::~PartedSnapshot() {
  if (publishing_) background_.abandon();
}

void PartedSnapshot::next_epoch(std::uint64_t change_bytes) {
  wanted_ = std::max(change_bytes, part_bytes_floor);
}

void PartedSnapshot::begin(std::string_view component, std::uint32_t shard) {
  begins_ = false;
  file_.begin(component, shard);
}

void PartedSnapshot::append(std::string_view record) {
  file_.append(record);
  wanted_ -= std::min<std::uint64_t>(wanted_, record.size());
}

// Making it durable takes as long as the disk likes, which no epoch waits for.
void PartedSnapshot::finish() {
  publishing_ = true;
  background_.start([this] { written_ = file_.finish().value_or(nothing_since(file_.epoch())); });
}

std::optional<StateFile> PartedSnapshot::published() {
  if (!publishing_) return std::nullopt;
  const bool done = as_checkpoint_error([&] { return background_.done(); });
  if (!done) return std::nullopt;
  publishing_ = false;
  return written_;
}

std::vector<StateFile> rebase(const std::vector<StateFile>& chain, const StateFile& snapshot) {
  std::vector<StateFile> rebased;
  if (!snapshot.name.empty()) rebased.push_back(snapshot);
  for (const StateFile& file : chain)
    if (file.epoch > snapshot.epoch) rebased.push_back(file);
  return rebased;
}

}  // namespace millrace
