#include "core/checkpoint/state_files.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/kept_files.hpp"

namespace millrace {
namespace {

constexpr std::uint8_t section_record = 1;
constexpr std::uint8_t data_record = 2;
constexpr std::size_t shard_size = 4;

constexpr std::size_t deltas_max = 64;
constexpr std::uint64_t deltas_bytes_floor = std::uint64_t{1} << 20;

std::string section_text(std::string_view component, std::uint32_t shard) {
  std::array<char, shard_size> number{};
  container::put(number.data(), shard);
  return std::string(number.data(), number.size()).append(component);
}

[[noreturn]] void refuse_missing(const std::filesystem::path& path) {
  throw CheckpointError(CheckpointFault::damaged,
                        "checkpoint file " + path.string() +
                            " is missing, but the newest epoch needs it. Restore the "
                            "checkpoint's directory from a copy, or start from the beginning "
                            "with an empty one");
}

}  // namespace

bool needs_snapshot(const std::vector<StateFile>& chain) {
  std::uint64_t snapshot_bytes = 0;
  std::uint64_t delta_bytes = 0;
  std::size_t deltas = 0;
  for (const StateFile& file : chain) {
    if (file.kind == StateFileKind::snapshot) {
      snapshot_bytes = file.payload;
    } else {
      delta_bytes += file.payload;
      ++deltas;
    }
  }
  return !is_extendable(chain) || deltas >= deltas_max ||
         delta_bytes > std::max(snapshot_bytes / 2, deltas_bytes_floor);
}

bool keeps_files_of_its_own(const std::vector<StateFile>& chain) {
  return std::any_of(chain.begin(), chain.end(),
                     [](const StateFile& file) { return file.kind == StateFileKind::kept; });
}

bool is_extendable(const std::vector<StateFile>& chain) {
  return !chain.empty() && !keeps_files_of_its_own(chain);
}

std::vector<StateFile> extend(std::vector<StateFile> chain, const StateFile& file) {
  if (file.kind == StateFileKind::snapshot) chain.clear();
  chain.push_back(file);
  return chain;
}

StateFileWriter::StateFileWriter(FileSystem& files, const std::filesystem::path& directory,
                                 const WriterIdentity& writer, std::uint64_t epoch,
                                 StateFileKind kind)
    : files_(files),
      directory_(directory),
      header_{ContainerKind::state, epoch, writer.job, writer.run},
      name_{epoch, writer.run_text(),
            kind == StateFileKind::snapshot ? EpochFileKind::snapshot : EpochFileKind::delta},
      kind_(kind) {}

void StateFileWriter::begin(std::string_view component, std::uint32_t shard) {
  section_ = section_text(component, shard);
  section_begun_ = false;
}

void StateFileWriter::append(std::string_view record) {
  if (section_.empty()) throw Error::internal("state was appended before begin()");
  as_checkpoint_error([&] { write(record); });
}

void StateFileWriter::write(std::string_view record) {
  if (!file_) {
    file_ = std::make_unique<DurableFile>(files_, directory_, to_text(name_));
    container_ = std::make_unique<ContainerWriter>(file_->content(), header_);
  }
  if (!section_begun_) container_->append(section_record, section_);
  section_begun_ = true;
  container_->append(data_record, record);
  payload_ += record.size();
}

std::optional<StateFile> StateFileWriter::finish() {
  if (!file_) return std::nullopt;
  const ContainerSummary summary = container_->finish();
  file_->publish();
  return StateFile{file_->name(), kind_, name_.epoch, summary.size, payload_, summary.hash};
}

StateChain::StateChain(const FileSystem& files, const std::filesystem::path& directory,
                       const Uuid& job, const std::vector<StateFile>& chain) {
  for (const StateFile& file : chain) {
    // The name comes from a file: it must be one of ours before it becomes part of a path.
    const std::optional<EpochFileName> name = parse_epoch_file_name(file.name);
    if (!name || name->epoch != file.epoch) {
      throw CheckpointError(CheckpointFault::damaged,
                            "the commit record names a state file that cannot be: " + file.name);
    }
    if (!files.exists(directory / file.name)) refuse_missing(directory / file.name);
    if (file.kind == StateFileKind::kept)
      verify_kept_file(files, directory, file);
    else
      add(files, directory / file.name, job, file);
  }
}

void StateChain::add(const FileSystem& files, const std::filesystem::path& path, const Uuid& job,
                     const StateFile& expected) {
  const std::size_t number = files_.size();
  bool owned = true;
  Section* previous = nullptr;
  const auto scan = [&](RecordPlace place, std::uint8_t type, std::string_view record) {
    if (type != section_record) return true;
    owned = record.size() >= shard_size;
    if (!owned) return false;
    if (previous != nullptr) previous->end = place.offset;
    const auto shard = container::get<std::uint32_t>(record.data());
    auto& sections = sections_[{std::string(record.substr(shard_size)), shard}];
    previous = &sections.emplace_back(Section{number, place, ContainerReader::to_the_end});
    return true;
  };
  files_.push_back(std::make_unique<ContainerReader>(files, path, ContainerKind::state, scan));
  const ContainerReader& file = *files_.back();
  if (!owned) file.refuse("a section has no owner");
  if (file.header().job != job) file.refuse("it belongs to another checkpoint");
  if (file.header().epoch != expected.epoch) file.refuse("it belongs to another epoch");
  if (file.summary().hash != expected.hash || file.summary().size != expected.size) {
    file.refuse("it is not the file that its epoch committed");
  }
}

void StateChain::load(std::string_view component, std::uint32_t shard,
                      const Checkpoint::StateVisitor& visit) const {
  const auto found = sections_.find(Owner(component, shard));
  if (found == sections_.end()) return;
  for (const Section& section : found->second) {
    files_[section.file]->read(
        section.place,
        [&](RecordPlace, std::uint8_t type, std::string_view record) {
          if (type == data_record) visit(record);
          return true;
        },
        section.end);
  }
}

std::map<StateChain::Owner, std::uint64_t> StateChain::sizes() const {
  std::map<Owner, std::uint64_t> sizes;
  for (const auto& [owner, sections] : sections_) {
    auto& bytes = sizes[owner];
    load(owner.first, owner.second, [&](std::string_view record) { bytes += record.size(); });
  }
  return sizes;
}

}  // namespace millrace
