#include "core/checkpoint/state_files.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/kept_files.hpp"
#include "core/checkpoint/state_records.hpp"

namespace millrace {
namespace {

constexpr std::size_t deltas_max = 64;
constexpr std::uint64_t deltas_bytes_floor = std::uint64_t{1} << 20;

StateChain::Owner owner_of(std::string_view section) {
  return {std::string(section.substr(state_records::shard_size)),
          container::get<std::uint32_t>(section.data())};
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
  std::erase_if(chain, [](const StateFile& each) { return each.in_record(); });
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

void StateFileWriter::stay_in_record(const std::vector<StateFile>& chain, std::uint32_t bytes_max) {
  in_record_max_ = bytes_max;
  if (!chain.empty() && chain.back().in_record()) before_ = chain.back();
}

void StateFileWriter::begin(std::string_view component, std::uint32_t shard) {
  section_ = state_records::section_text(component, shard);
  section_begun_ = false;
}

void StateFileWriter::append(std::string_view record) {
  if (section_.empty()) throw Error::internal("state was appended before begin()");
  as_checkpoint_error([&] {
    if (!section_begun_) write(state_records::section, section_);
    section_begun_ = true;
    write(state_records::data, record);
  });
  payload_ += record.size();
}

void StateFileWriter::write(std::uint8_t type, std::string_view record) {
  const std::size_t in_record =
      before_.content.size() + held_.size() + state_records::size_of(record);
  if (!file_ && in_record > in_record_max_) open_file();
  if (file_)
    container_->append(type, record);
  else
    state_records::append(held_, type, record);
}

void StateFileWriter::open_file() {
  file_ = std::make_unique<DurableFile>(files_, directory_, to_text(name_));
  container_ = std::make_unique<ContainerWriter>(file_->content(), header_);
  for (const std::string* earlier : {&before_.content, &held_})
    state_records::each(*earlier, [&](std::uint8_t type, std::string_view record) {
      container_->append(type, record);
    });
}

std::optional<StateFile> StateFileWriter::finish() {
  if (!file_ && before_.content.size() > in_record_max_) open_file();
  const std::uint64_t payload = before_.payload + payload_;
  if (file_) {
    const ContainerSummary summary = container_->finish();
    file_->publish();
    return StateFile{file_->name(), kind_, name_.epoch, summary.size, payload, summary.hash};
  }
  if (held_.empty()) return std::nullopt;
  std::string content = before_.content + held_;
  const std::uint64_t size = content.size();
  return StateFile{"", kind_, name_.epoch, size, payload, "", false, std::move(content)};
}

StateChain::StateChain(const FileSystem& files, const std::filesystem::path& directory,
                       const Uuid& job, const std::vector<StateFile>& chain) {
  for (const StateFile& file : chain) {
    if (file.in_record()) {
      add(file);
      continue;
    }
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

void StateChain::add(const StateFile& in_record) {
  std::string* records = nullptr;
  try {
    state_records::each(in_record.content, [&](std::uint8_t type, std::string_view record) {
      if (type == state_records::section)
        records = &sections_[owner_of(record)].emplace_back().records;
      state_records::append(*records, type, record);
    });
  } catch (const std::invalid_argument& problem) {
    throw CheckpointError(CheckpointFault::damaged,
                          std::string("the commit record is damaged: ") + problem.what());
  }
}

void StateChain::add(const FileSystem& files, const std::filesystem::path& path, const Uuid& job,
                     const StateFile& expected) {
  const std::size_t number = files_.size();
  bool owned = true;
  Section* previous = nullptr;
  const auto scan = [&](RecordPlace place, std::uint8_t type, std::string_view record) {
    if (type != state_records::section) return true;
    owned = record.size() >= state_records::shard_size;
    if (!owned) return false;
    if (previous != nullptr) previous->end = place.offset;
    previous = &sections_[owner_of(record)].emplace_back(
        Section{number, place, ContainerReader::to_the_end});
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
  const auto take = [&](std::uint8_t type, std::string_view record) {
    if (type == state_records::data) visit(record);
    return true;
  };
  for (const Section& section : found->second) {
    if (!section.file)
      state_records::each(section.records, take);
    else
      files_[*section.file]->read(
          section.place,
          [&](RecordPlace, std::uint8_t type, std::string_view record) {
            return take(type, record);
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
