#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "millrace/column.hpp"
#include "millrace/column_builder.hpp"

namespace millrace::window {

/// Which rows of a batch go to which groups: row rows[i], or i if rows is null, goes to groups[i].
struct Assignment {
  const uint32_t* rows;
  const uint32_t* groups;
  size_t count;

  template <class Visit>
  void for_each(Visit&& visit) const {
    if (rows == nullptr)
      for (size_t i = 0; i < count; ++i) visit(static_cast<int64_t>(i), groups[i]);
    else
      for (size_t i = 0; i < count; ++i) visit(static_cast<int64_t>(rows[i]), groups[i]);
  }
};

/// One aggregate function over many groups: the partial result of each. Every function works on
/// a whole batch, so that the work for one row is inline code.
///
/// The saved form of a partial result crosses from the front half to the back half and lives in
/// the store. `save` writes it and `merge` reads it at a cursor, and both move the cursor on.
class Accumulators {
 public:
  virtual ~Accumulators() = default;

  /// Sets the number of groups. New ones are empty; resize(0) forgets all.
  virtual void resize(size_t groups) = 0;
  virtual void add(std::span<const Column> arguments, const Assignment& assignment) = 0;
  /// Adds to each size how many bytes `save` will write.
  virtual void measure(std::span<const uint32_t> groups, uint32_t* sizes) const = 0;
  virtual void save(std::span<const uint32_t> groups, char** cursors) const = 0;
  /// What is merged counts as later than what is there.
  virtual void merge(std::span<const uint32_t> groups, const char** cursors) = 0;
  virtual void result(std::span<const uint32_t> groups, ColumnBuilder& to) const = 0;
};

/// Accumulators whose partial results have a fixed size: a Cell says how many bytes it saves
/// (`saved_bytes`), how (`save(char*)`) and how saved ones are merged (`merge(const char*)`).
template <class Cell>
class FixedAccumulators : public Accumulators {
 public:
  void resize(size_t groups) final { cells_.resize(groups); }
  void measure(std::span<const uint32_t> groups, uint32_t* sizes) const final {
    for (size_t i = 0; i < groups.size(); ++i) sizes[i] += static_cast<uint32_t>(Cell::saved_bytes);
  }
  void save(std::span<const uint32_t> groups, char** cursors) const final {
    for (size_t i = 0; i < groups.size(); ++i) {
      cells_[groups[i]].save(cursors[i]);
      cursors[i] += Cell::saved_bytes;
    }
  }
  void merge(std::span<const uint32_t> groups, const char** cursors) final {
    for (size_t i = 0; i < groups.size(); ++i) {
      cells_[groups[i]].merge(cursors[i]);
      cursors[i] += Cell::saved_bytes;
    }
  }

 protected:
  std::vector<Cell> cells_;
};

}  // namespace millrace::window
