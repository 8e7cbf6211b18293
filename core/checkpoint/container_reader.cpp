#include <algorithm>
#include <array>
#include <string>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/checkpoint/container.hpp"

namespace millrace {

using namespace container;  // NOLINT(google-build-using-namespace): the layout's constants

namespace {

// Takes blocks from a file in order, through one large buffer, and verifies each.
class BlockCursor {
 public:
  struct Block {
    std::uint8_t type;
    std::string_view payload;
    std::string_view bytes;  // head and check included
  };

  // Blocks lie between `place` and `end`; `fail` throws and is told why.
  BlockCursor(const ReadableFile& file, RecordPlace place, std::uint64_t end,
              const ContainerReader& container)
      : file_(file), place_(place), end_(end), container_(container) {}

  RecordPlace place() const { return place_; }

  Block next() {
    need(end_block_size);
    const char* head = buffer_.data() + used_;
    const std::uint32_t length = get<std::uint32_t>(head);
    if (length > payload_max) refuse();
    const std::size_t size = block_head_size + length + check_size;
    need(size);
    const std::string_view bytes(buffer_.data() + used_, size);
    const std::string_view checked = bytes.substr(0, size - check_size);
    if (get<std::uint32_t>(checked.data() + checked.size()) != check_of(checked, place_.block)) {
      refuse();
    }
    used_ += size;
    place_.offset += size;
    ++place_.block;
    return {get<std::uint8_t>(bytes.data() + 4), checked.substr(block_head_size), bytes};
  }

 private:
  // Makes the next `size` bytes available at `used_`.
  void need(std::size_t size) {
    if (buffer_.size() - used_ >= size) return;
    if (size > end_ - place_.offset) refuse();
    constexpr std::uint64_t read_ahead = payload_max + 65536;
    const auto wanted = static_cast<std::size_t>(std::min(end_ - place_.offset, read_ahead));
    buffer_.resize(wanted);
    file_.read_at(place_.offset, buffer_.data(), wanted);
    used_ = 0;
  }

  [[noreturn]] void refuse() const {
    container_.refuse("block " + std::to_string(place_.block) + " at byte " +
                      std::to_string(place_.offset) + " is not what was written");
  }

  const ReadableFile& file_;
  RecordPlace place_;
  const std::uint64_t end_;
  const ContainerReader& container_;
  std::string buffer_;
  std::size_t used_ = 0;
};

// Joins the blocks of a record. One block, the usual case, is handed on without a copy.
class RecordJoiner {
 public:
  bool started() const { return started_; }

  // True when `record` is whole.
  bool add(RecordPlace place, const BlockCursor::Block& block) {
    if (!started_) {
      place_ = place;
      type_ = static_cast<std::uint8_t>(block.type & ~continued);
    }
    const bool more = (block.type & continued) != 0;
    if (more || started_) {
      if (!started_) joined_.clear();
      joined_.append(block.payload);
    }
    record_ = started_ ? std::string_view(joined_) : block.payload;
    started_ = more;
    return !more;
  }

  RecordPlace place() const { return place_; }
  std::uint8_t type() const { return type_; }
  std::string_view record() const { return record_; }

 private:
  bool started_ = false;
  RecordPlace place_;
  std::uint8_t type_ = 0;
  std::string joined_;
  std::string_view record_;
};

}  // namespace

ContainerReader::ContainerReader(const FileSystem& files, const std::filesystem::path& path,
                                 ContainerKind kind, const Visitor& scan)
    : path_(path), file_(files.open(path)) {
  summary_.size = file_->size();
  if (summary_.size < header_size + end_block_size + footer_size) {
    refuse("it ends after " + std::to_string(summary_.size) + " bytes");
  }
  blocks_end_ = summary_.size - footer_size - end_block_size;
  read_header(kind);
  read_footer();
  verify(scan);
}

void ContainerReader::refuse(const std::string& what) const {
  throw CheckpointError(
      CheckpointFault::damaged,
      "checkpoint file " + path_.string() + " is damaged: " + what +
          ". It is not used, and no older epoch is used in its place. Restore the checkpoint's "
          "directory from a copy, or start from the beginning with an empty one");
}

void ContainerReader::read_header(ContainerKind kind) {
  std::array<char, header_size> bytes{};
  file_->read_at(0, bytes.data(), bytes.size());
  if (std::string_view(bytes.data(), 4) != header_mark) refuse("it has another format");
  if (get<std::uint32_t>(&bytes[60]) != check_of({bytes.data(), 60})) {
    refuse("its header is not what was written");
  }
  const auto major = get<std::uint16_t>(&bytes[4]);
  if (major != major_version || bytes[9] != 0) {
    throw CheckpointError(CheckpointFault::incompatible,
                          "checkpoint file " + path_.string() +
                              " was written by another version of Millrace (format " +
                              std::to_string(major) + "; this one reads format " +
                              std::to_string(major_version) + "). Run the version that wrote it");
  }
  header_.kind = static_cast<ContainerKind>(bytes[8]);
  if (header_.kind != kind) refuse("it is a file of another kind under this name");
  header_.epoch = get<std::uint64_t>(&bytes[16]);
  std::copy_n(&bytes[24], header_.job.size(), header_.job.begin());
  std::copy_n(&bytes[40], header_.run.size(), header_.run.begin());
}

void ContainerReader::read_footer() {
  std::array<char, footer_size> bytes{};
  file_->read_at(summary_.size - footer_size, bytes.data(), bytes.size());
  if (std::string_view(&bytes[40], 4) != footer_mark ||
      get<std::uint32_t>(&bytes[44]) != check_of({bytes.data(), 44})) {
    refuse("its end is missing");
  }
  blocks_ = get<std::uint64_t>(bytes.data());
  summary_.payload = get<std::uint64_t>(&bytes[8]);
  summary_.hash = to_hex({&bytes[16], 16});
}

void ContainerReader::verify(const Visitor& scan) {
  Digest digest;
  std::string header(header_size, '\0');
  file_->read_at(0, header.data(), header.size());
  digest.add(header);

  BlockCursor cursor(*file_, {}, summary_.size - footer_size, *this);
  RecordJoiner joiner;
  std::uint64_t payload = 0;
  bool wanted = static_cast<bool>(scan);
  for (;;) {
    const RecordPlace place = cursor.place();
    const BlockCursor::Block block = cursor.next();
    digest.add(block.bytes);
    payload += block.payload.size();
    if (block.type == end_type) break;
    if (joiner.add(place, block) && wanted) {
      wanted = scan(joiner.place(), joiner.type(), joiner.record());
    }
  }
  if (joiner.started()) refuse("its last record is not whole");
  if (cursor.place().offset != summary_.size - footer_size)
    refuse("it holds more than was written");
  if (cursor.place().block != blocks_ || payload != summary_.payload) {
    refuse("it does not hold as many blocks as were written");
  }
  const std::array<char, 16> hash = digest.value();
  if (to_hex({hash.data(), hash.size()}) != summary_.hash) refuse("its content was changed");
}

void ContainerReader::read(RecordPlace place, const Visitor& visit, std::uint64_t end) const {
  end = std::min(end, blocks_end_);
  BlockCursor cursor(*file_, place, end, *this);
  RecordJoiner joiner;
  while (cursor.place().offset < end) {
    const RecordPlace at = cursor.place();
    if (joiner.add(at, cursor.next()) && !visit(joiner.place(), joiner.type(), joiner.record())) {
      return;
    }
  }
}

}  // namespace millrace
