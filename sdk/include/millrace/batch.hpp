#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "millrace/column.hpp"
#include "millrace/decimal.hpp"

namespace millrace {

class Batch;

/// One row of a batch, for code that works row by row. Columns are named or counted from 0.
class Row {
 public:
  Row(const Batch& batch, int64_t index) : batch_(&batch), index_(index) {}

  int64_t index() const { return index_; }
  const Batch& batch() const { return *batch_; }
  bool is_null(size_t column) const;
  bool boolean(size_t column) const;
  /// An int, long, date (days) or timestamp (microseconds since 1970).
  int64_t integer(size_t column) const;
  /// Any number; a decimal becomes the nearest double.
  double number(size_t column) const;
  /// A string or binary; valid while the batch is.
  std::string_view text(size_t column) const;
  /// The row as one JSON object; see json.hpp for the spelling of each type.
  std::string to_json() const;

 private:
  const Batch* batch_;
  int64_t index_;
};

/// Rows of one schema, column by column. Copying one copies no values.
class Batch {
 public:
  Batch() : schema_(std::make_shared<const Schema>()) {}
  Batch(std::shared_ptr<const Schema> schema, std::vector<Column> columns, int64_t length)
      : schema_(std::move(schema)), columns_(std::move(columns)), length_(length) {}

  int64_t size() const { return length_; }
  bool empty() const { return length_ == 0; }
  const Schema& schema() const { return *schema_; }
  const std::shared_ptr<const Schema>& shared_schema() const { return schema_; }
  size_t column_count() const { return columns_.size(); }
  const Column& column(size_t i) const { return columns_[i]; }
  const std::vector<Column>& columns() const { return columns_; }
  /// Throws an internal error where there is no such column.
  const Column& column(std::string_view name) const {
    const int at = schema_->index_of(name);
    if (at < 0) throw Error::internal("no column named " + std::string(name));
    return columns_[static_cast<size_t>(at)];
  }

  struct Iterator {
    const Batch* batch;
    int64_t index;
    Row operator*() const { return {*batch, index}; }
    Iterator& operator++() {
      ++index;
      return *this;
    }
    bool operator==(const Iterator&) const = default;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, length_}; }

 private:
  std::shared_ptr<const Schema> schema_;
  std::vector<Column> columns_;
  int64_t length_ = 0;
};

inline bool Row::is_null(size_t column) const { return batch_->column(column).is_null(index_); }
inline bool Row::boolean(size_t column) const { return batch_->column(column).boolean(index_); }
inline std::string_view Row::text(size_t column) const {
  return batch_->column(column).text(index_);
}
inline int64_t Row::integer(size_t column) const {
  const auto& values = batch_->column(column);
  return width_of(values.type.id) == 4 ? values.int32(index_) : values.int64(index_);
}
inline double Row::number(size_t column) const {
  const auto& values = batch_->column(column);
  switch (values.type.id) {
    case TypeId::float64:
      return values.float64(index_);
    case TypeId::float32:
      return static_cast<double>(values.float32(index_));
    case TypeId::decimal:
      return decimal_to_double(values.decimal(index_), values.type.scale);
    default:
      return static_cast<double>(integer(column));
  }
}

}  // namespace millrace
