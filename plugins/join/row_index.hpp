#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace millrace::join {

/// The rows that one side of a join keeps, without the rows themselves: what is needed to find
/// those of a key and to know which have matched. Rows are numbered by slots, which are used again.
///
/// A hash table of chains: `heads_` by hash, the newest row of a chain first. Growing keeps the
/// order within a key, so that what is found comes in the same order however the table grew.
class RowIndex {
 public:
  struct Row {
    uint64_t hash = 0;
    uint64_t sequence = 0;
    int64_t bucket = 0;
    uint32_t next = none;
    uint32_t previous = none;
    bool in_use = false;
    bool findable = false;
    bool matched = false;
  };
  static constexpr uint32_t none = UINT32_MAX;

  RowIndex();

  size_t size() const { return size_; }
  Row& operator[](uint32_t slot) { return rows_[slot]; }

  /// The slot of a new row. One that is not findable matches nothing: its key has a NULL.
  uint32_t add(uint64_t hash, int64_t bucket, uint64_t sequence, bool findable, bool matched);
  /// The same for a row whose slot is known. Rows of one key have to come oldest first.
  void restore(uint32_t slot, const Row& row);
  /// After the last restore().
  void end_restore();
  void remove(uint32_t slot);

  /// Calls visit(slot) for the rows of that hash, newest first.
  template <class Visit>
  void each(uint64_t hash, Visit&& visit) const {
    for (uint32_t slot = heads_[hash & mask_]; slot != none; slot = rows_[slot].next)
      if (rows_[slot].hash == hash) visit(slot);
  }

 private:
  void link(uint32_t slot);
  void grow();

  std::vector<Row> rows_;
  std::vector<uint32_t> free_;
  std::vector<uint32_t> heads_;
  uint64_t mask_;
  size_t size_ = 0;
};

}  // namespace millrace::join
