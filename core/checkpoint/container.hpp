#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/checkpoint/container_layout.hpp"
#include "core/system/file_system.hpp"
#include "core/system/random.hpp"

namespace millrace {

// Writes and reads the one file format of a checkpoint; container_layout.hpp describes it.

enum class ContainerKind : std::uint8_t {
  format = 1,
  plan = 2,
  commit = 3,
  state = 4,
  archive = 5,
  outbox = 6,
  notes = 7
};

struct ContainerHeader {
  ContainerKind kind = ContainerKind::format;
  std::uint64_t epoch = 0;
  Uuid job{};
  Uuid run{};
};

// What identifies the content of a finished file.
struct ContainerSummary {
  std::uint64_t size = 0;     // bytes of the file
  std::uint64_t payload = 0;  // bytes of payload
  std::string hash;           // 32 hex digits
};

class ContainerWriter {
 public:
  ContainerWriter(WritableFile& file, const ContainerHeader& header);

  // `type` is 1 to 127. The bytes come back as one record, whatever their length.
  void append(std::uint8_t type, std::string_view record);

  // Writes the end. Nothing may be appended afterwards; the file is not synced.
  ContainerSummary finish();

 private:
  void append_block(std::uint8_t type, std::string_view payload);
  void flush();

  WritableFile& file_;
  container::Digest digest_;
  std::string buffer_;
  std::uint64_t blocks_ = 0;
  std::uint64_t payload_ = 0;
  std::uint64_t flushed_ = 0;
};

// Where a record begins in a file.
struct RecordPlace {
  std::uint64_t offset = container::header_size;
  std::uint64_t block = 0;
};

class ContainerReader {
 public:
  using Visitor =
      std::function<bool(RecordPlace place, std::uint8_t type, std::string_view record)>;

  // Opens the file and verifies every byte; throws a CheckpointError that names it otherwise. If
  // `scan` is given, it sees each record during that, and nothing it saw may be used if it throws.
  ContainerReader(const FileSystem& files, const std::filesystem::path& path, ContainerKind kind,
                  const Visitor& scan = {});

  const ContainerHeader& header() const { return header_; }
  const ContainerSummary& summary() const { return summary_; }

  // Calls `visit` with the records from `place` to the offset `end`, until it returns false.
  // Thread-safe.
  static constexpr std::uint64_t to_the_end = UINT64_MAX;
  void read(RecordPlace place, const Visitor& visit, std::uint64_t end = to_the_end) const;

  // Throws the error that says that this file is damaged, and how.
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  void read_header(ContainerKind kind);
  void read_footer();
  void verify(const Visitor& scan);

  std::filesystem::path path_;
  std::unique_ptr<ReadableFile> file_;
  ContainerHeader header_;
  ContainerSummary summary_;
  std::uint64_t blocks_ = 0;
  std::uint64_t blocks_end_ = 0;  // offset of the end block
};

}  // namespace millrace
