#include "core/checkpoint/outbox_file.hpp"

#include <array>
#include <utility>

#include "core/checkpoint/checkpoint_error.hpp"

namespace millrace {
namespace {

constexpr std::uint8_t address_record = 1;
constexpr std::uint8_t content_record = 2;
constexpr std::size_t address_head = 12;

std::string address_text(const OutboxAddress& to, std::uint64_t rows) {
  std::array<char, address_head> head{};
  container::put(head.data(), to.partition);
  container::put(&head[4], rows);
  return std::string(head.data(), head.size()).append(to.sink);
}

}  // namespace

OutboxFileWriter::OutboxFileWriter(FileSystem& files, std::filesystem::path directory,
                                   const WriterIdentity& writer, std::uint64_t epoch)
    : files_(files),
      directory_(std::move(directory)),
      header_{ContainerKind::outbox, epoch, writer.job, writer.run},
      name_{epoch, writer.run_text(), EpochFileKind::outbox} {}

void OutboxFileWriter::open() {
  if (file_) return;
  files_.make_directories(directory_);
  file_ = std::make_unique<DurableFile>(files_, directory_, to_text(name_));
  container_ = std::make_unique<ContainerWriter>(file_->content(), header_);
}

void OutboxFileWriter::append(const OutboxAddress& to, std::uint64_t rows,
                              std::string_view record) {
  const std::lock_guard lock(mutex_);
  as_checkpoint_error([&] {
    open();
    container_->append(address_record, address_text(to, rows));
    container_->append(content_record, record);
  });
  rows_ += rows;
}

std::optional<OutboxFile> OutboxFileWriter::finish() {
  if (!file_) return std::nullopt;
  const ContainerSummary summary = container_->finish();
  file_->publish();
  return OutboxFile{file_->name(), summary.size, rows_, summary.hash};
}

OutboxFileReader::OutboxFileReader(const FileSystem& files, const std::filesystem::path& directory,
                                   const Uuid& job, std::uint64_t epoch,
                                   const OutboxFile& expected) {
  // The name comes from a file: it must be one of ours before it becomes part of a path.
  const std::optional<EpochFileName> name = parse_epoch_file_name(expected.name);
  if (!name || name->epoch != epoch || name->kind != EpochFileKind::outbox)
    throw CheckpointError(
        CheckpointFault::damaged,
        "the commit record names a file of rows for sinks that cannot be: " + expected.name);
  const std::filesystem::path path = directory / expected.name;
  if (!files.exists(path))
    throw CheckpointError(CheckpointFault::damaged,
                          "checkpoint file " + path.string() +
                              " is missing, but sinks are still to be given its rows. Restore the "
                              "checkpoint's directory from a copy, or start from the beginning "
                              "with an empty one");
  file_ = std::make_unique<ContainerReader>(
      files, path, ContainerKind::outbox,
      [this](RecordPlace place, std::uint8_t type, std::string_view record) {
        return note(place, type, record);
      });
  if (file_->header().job != job) file_->refuse("it belongs to another checkpoint");
  if (file_->header().epoch != epoch) file_->refuse("it belongs to another epoch");
  if (file_->summary().hash != expected.hash || file_->summary().size != expected.size)
    file_->refuse("it is not the file that its epoch committed");
}

// What makes no sense is left out: such a file has another hash than was committed.
bool OutboxFileReader::note(RecordPlace place, std::uint8_t type, std::string_view record) {
  if (last_ != nullptr) last_->end = place.offset;
  last_ = nullptr;
  if (type == address_record && record.size() >= address_head) {
    address_ = {std::string(record.substr(address_head)),
                container::get<std::uint32_t>(record.data())};
    rows_ = container::get<std::uint64_t>(record.data() + 4);
  } else if (type == content_record) {
    last_ = &entries_[address_].emplace_back(
        Entry{place, ContainerReader::to_the_end, rows_, record.size()});
  }
  return true;
}

std::map<OutboxAddress, Outbox::Part> OutboxFileReader::parts() const {
  std::map<OutboxAddress, Part> parts;
  for (const auto& [address, entries] : entries_) {
    Part& part = parts[address];
    for (const Entry& entry : entries) {
      ++part.records;
      part.rows += entry.rows;
      part.bytes += entry.bytes;
    }
  }
  return parts;
}

void OutboxFileReader::read(const OutboxAddress& of, const Visitor& visit) const {
  const auto found = entries_.find(of);
  if (found == entries_.end()) return;
  for (const Entry& entry : found->second) read(entry, visit);
}

void OutboxFileReader::read_rows(const OutboxAddress& of, std::uint64_t begin, std::uint64_t end,
                                 const RowVisitor& visit) const {
  const auto found = entries_.find(of);
  if (found == entries_.end()) return;
  std::uint64_t first = 0;
  for (const Entry& entry : found->second) {
    if (first < end && begin < first + entry.rows)
      read(entry, [&](std::string_view record) { visit(record, first); });
    first += entry.rows;
  }
}

void OutboxFileReader::read(const Entry& entry, const Visitor& visit) const {
  file_->read(
      entry.place,
      [&](RecordPlace, std::uint8_t, std::string_view record) { return visit(record), false; },
      entry.end);
}

}  // namespace millrace
