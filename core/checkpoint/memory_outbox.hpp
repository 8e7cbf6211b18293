#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/checkpoint/outbox.hpp"

namespace millrace {

// An outbox that nothing outlives: for a pipeline without a checkpoint.
class MemoryOutbox final : public OutboxWriter, public Outbox {
 public:
  explicit MemoryOutbox(std::uint64_t epoch) : epoch_(epoch) {}

  void append(const OutboxAddress& to, std::uint64_t rows, std::string_view record) override {
    const std::lock_guard lock(mutex_);
    entries_[to].emplace_back(rows, record);
  }

  std::uint64_t epoch() const override { return epoch_; }
  std::map<OutboxAddress, Part> parts() const override {
    std::map<OutboxAddress, Part> parts;
    for (const auto& [address, entries] : entries_) {
      Part& part = parts[address];
      for (const auto& [rows, record] : entries) {
        ++part.records;
        part.rows += rows;
        part.bytes += record.size();
      }
    }
    return parts;
  }
  void read(const OutboxAddress& of, const Visitor& visit) const override {
    const auto found = entries_.find(of);
    if (found == entries_.end()) return;
    for (const auto& [rows, record] : found->second) visit(record);
  }
  void read_rows(const OutboxAddress& of, std::uint64_t begin, std::uint64_t end,
                 const RowVisitor& visit) const override {
    const auto found = entries_.find(of);
    if (found == entries_.end()) return;
    std::uint64_t first = 0;
    for (const auto& [rows, record] : found->second) {
      if (first < end && begin < first + rows) visit(record, first);
      first += rows;
    }
  }

 private:
  const std::uint64_t epoch_;
  std::mutex mutex_;
  std::map<OutboxAddress, std::vector<std::pair<std::uint64_t, std::string>>> entries_;
};

}  // namespace millrace
