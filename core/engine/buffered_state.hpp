#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/error.hpp"

#include "core/checkpoint/checkpoint.hpp"

namespace millrace {

/// Takes the state of an epoch in memory, to be written to its file while later rounds run.
class BufferedState final : public StateWriter {
 public:
  explicit BufferedState(std::unique_ptr<StateWriter> file) : file_(std::move(file)) {}

  bool snapshot() const override { return file_->snapshot(); }
  void begin(std::string_view component, uint32_t shard) override {
    sections_.push_back({std::string(component), shard, {}, {}});
  }
  void append(std::string_view record) override {
    sections_.back().bytes += record;
    sections_.back().sizes.push_back(record.size());
  }

  // Parts and files are written while the epoch is committed, which this is there to put off.
  SnapshotWriter* part() override { return nullptr; }
  void keep(const std::filesystem::path&, std::uint64_t, bool) override {
    throw Error::internal("a store's own files cannot be kept later");
  }

  /// Writes all of it, and hands over the file.
  std::unique_ptr<StateWriter> write() {
    for (const auto& section : sections_) {
      file_->begin(section.component, section.shard);
      size_t at = 0;
      for (const auto size : section.sizes) {
        file_->append(std::string_view(section.bytes).substr(at, size));
        at += size;
      }
    }
    sections_.clear();
    return std::move(file_);
  }

 private:
  struct Section {
    std::string component;
    uint32_t shard;
    std::string bytes;
    std::vector<size_t> sizes;
  };

  std::unique_ptr<StateWriter> file_;
  std::vector<Section> sections_;
};

}  // namespace millrace
