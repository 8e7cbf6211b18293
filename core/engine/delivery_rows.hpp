#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "millrace/batch.hpp"

#include "core/checkpoint/outbox.hpp"
#include "core/engine/kept_rows.hpp"
#include "core/engine/row_numbers.hpp"

namespace millrace {

/// Some of the rows of a partition, by their numbers.
struct RowSelection {
  uint64_t begin = 0;
  uint64_t end = 0;
  const RowNumbers* listed = nullptr;  ///< null: all of them
  bool only_listed = false;            ///< else: all but those

  bool contains(uint64_t row) const {
    return row >= begin && row < end && (listed == nullptr || listed->contains(row) == only_listed);
  }
  /// Whether it contains every row from `from` up to `to`.
  bool contains_all(uint64_t from, uint64_t to) const {
    if (from < begin || to > end || only_listed) return false;
    return listed == nullptr || listed->below(from) == listed->below(to);
  }
};

/// What one partition of a sink is given of an epoch, as often as it is asked for.
class DeliveryRows {
 public:
  /// `payloads` is null where the sink takes rows as they are; `first` is the number of the first
  /// row that the batch was taken from.
  using Take = std::function<void(const Batch& rows, const Column* payloads, uint64_t first)>;

  virtual ~DeliveryRows() = default;
  virtual uint64_t size() const = 0;
  /// In batches as they came; a batch of which nothing is selected is left out.
  virtual void read(const RowSelection& selection, const Take& take) const = 0;
};

/// Rows from an outbox. The batch that was read last is kept: whoever looks for a row asks for
/// parts of it again and again.
class KeptRows final : public DeliveryRows {
 public:
  KeptRows(const Outbox& outbox, OutboxAddress address, std::shared_ptr<const Schema> schema);

  uint64_t size() const override { return size_; }
  void read(const RowSelection& selection, const Take& take) const override;

 private:
  const Outbox& outbox_;
  const OutboxAddress address_;
  const std::shared_ptr<const Schema> schema_;
  uint64_t size_ = 0;
  mutable KeptRecord last_;
  mutable uint64_t last_first_ = 0;
};

/// Rows in memory.
class RowsInHand final : public DeliveryRows {
 public:
  RowsInHand(Batch rows, std::optional<Column> payloads)
      : rows_(std::move(rows)), payloads_(std::move(payloads)) {}

  uint64_t size() const override { return static_cast<uint64_t>(rows_.size()); }
  void read(const RowSelection& selection, const Take& take) const override;

 private:
  const Batch rows_;
  const std::optional<Column> payloads_;
};

}  // namespace millrace
