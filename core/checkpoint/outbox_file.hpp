// An outbox on disk: one file per epoch, a container of two kinds of records in turns:
//
//     address (type 1)   u32 partition, u64 rows, then the sink's name
//     content (type 2)   bytes for the address before it

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/checkpoint/container.hpp"
#include "core/checkpoint/durable_file.hpp"
#include "core/checkpoint/epoch_log.hpp"
#include "core/checkpoint/epoch_records.hpp"
#include "core/checkpoint/outbox.hpp"

namespace millrace {

class OutboxFileWriter final : public OutboxWriter {
 public:
  OutboxFileWriter(FileSystem& files, std::filesystem::path directory, const WriterIdentity& writer,
                   std::uint64_t epoch);

  void append(const OutboxAddress& to, std::uint64_t rows, std::string_view record) override;

  std::uint64_t epoch() const { return name_.epoch; }

  // Makes the file durable; nothing where nothing was appended.
  std::optional<OutboxFile> finish();

 private:
  void open();

  FileSystem& files_;
  const std::filesystem::path directory_;
  const ContainerHeader header_;
  const EpochFileName name_;
  std::mutex mutex_;
  std::uint64_t rows_ = 0;
  std::unique_ptr<DurableFile> file_;  // opened with the first record
  std::unique_ptr<ContainerWriter> container_;
};

class OutboxFileReader final : public Outbox {
 public:
  // Verifies the file, also against what its commit record says of it.
  OutboxFileReader(const FileSystem& files, const std::filesystem::path& directory, const Uuid& job,
                   std::uint64_t epoch, const OutboxFile& expected);

  std::uint64_t epoch() const override { return file_->header().epoch; }
  std::map<OutboxAddress, Part> parts() const override;
  void read(const OutboxAddress& of, const Visitor& visit) const override;
  void read_rows(const OutboxAddress& of, std::uint64_t begin, std::uint64_t end,
                 const RowVisitor& visit) const override;

 private:
  struct Entry {
    RecordPlace place;
    std::uint64_t end;  // offset of the record after it
    std::uint64_t rows;
    std::uint64_t bytes;
  };

  void read(const Entry& entry, const Visitor& visit) const;
  bool note(RecordPlace place, std::uint8_t type, std::string_view record);

  std::map<OutboxAddress, std::vector<Entry>> entries_;
  Entry* last_ = nullptr;  // while the file is scanned
  OutboxAddress address_;
  std::uint64_t rows_ = 0;
  std::unique_ptr<ContainerReader> file_;
};

}  // namespace millrace
