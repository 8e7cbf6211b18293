#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/batch.hpp"
#include "millrace/column_builder.hpp"

namespace millrace::kafka {

/// The columns of the source, in this order. `value` holds the payload.
const Schema& record_schema();

/// A record as a fetcher has it. Its bytes are only borrowed.
struct Record {
  std::string_view value;
  std::string_view key;
  bool has_value = true;
  bool has_key = false;
  int32_t timestamp_type = -1;  ///< as in Spark: 0 the producer's, 1 the broker's, -1 none
  int64_t offset = 0;
  int64_t timestamp_ms = -1;
};

/// Collects records of one partition into columns, only those that are wanted.
class RecordRows {
 public:
  /// Roughly how much goes into one batch.
  static constexpr int64_t rows_max = 32'768;
  static constexpr int64_t bytes_max = 4 << 20;

  RecordRows(const std::vector<int>& columns, std::string topic, int32_t partition);

  /// Whether records need a key, or a timestamp, for the wanted columns.
  bool wants_key() const { return key_.has_value(); }
  bool wants_timestamp() const { return timestamp_.has_value() || timestamp_type_.has_value(); }

  void append(const Record& record) {
    if (value_) append_bytes(*value_, record.value, record.has_value);
    if (key_) append_bytes(*key_, record.key, record.has_key);
    if (offset_) offset_->append(record.offset);
    if (timestamp_) append_timestamp(record.timestamp_ms);
    if (timestamp_type_) timestamp_type_->append(record.timestamp_type);
    ++count_;
  }

  bool empty() const { return count_ == 0; }
  bool full() const { return count_ >= rows_max || bytes_ >= bytes_max; }

  /// The rows so far; there are none afterwards.
  Batch take();

 private:
  void append_bytes(ColumnBuilder& builder, std::string_view bytes, bool present) {
    if (!present) return builder.append_null();
    builder.append_bytes(bytes);
    bytes_ += static_cast<int64_t>(bytes.size());
  }
  void append_timestamp(int64_t milliseconds) {
    // Records of very old producers have none; some of others have one that is no time.
    if (milliseconds < 0 || milliseconds > INT64_MAX / 1000) return timestamp_->append_null();
    timestamp_->append(milliseconds * 1000);
  }
  Column take_column(int column);

  std::vector<int> columns_;
  std::shared_ptr<const Schema> schema_;
  std::string topic_;
  int32_t partition_;
  std::optional<ColumnBuilder> value_;
  std::optional<ColumnBuilder> key_;
  std::optional<ColumnBuilder> offset_;
  std::optional<ColumnBuilder> timestamp_;
  std::optional<ColumnBuilder> timestamp_type_;
  int64_t count_ = 0;
  int64_t bytes_ = 0;
};

}  // namespace millrace::kafka
