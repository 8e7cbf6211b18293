#include "plugins/kafka/record_rows.hpp"

namespace millrace::kafka {
namespace {

enum At { at_value, at_key, at_topic, at_partition, at_offset, at_timestamp, at_timestamp_type };

}  // namespace

const Schema& record_schema() {
  static const Schema schema{{{"value", TypeId::binary},
                              {"key", TypeId::binary},
                              {"topic", TypeId::string},
                              {"partition", TypeId::int32},
                              {"offset", TypeId::int64},
                              {"timestamp", TypeId::timestamp},
                              {"timestamp_type", TypeId::int32}}};
  return schema;
}

RecordRows::RecordRows(const std::vector<int>& columns, std::string topic, int32_t partition)
    : columns_(columns), topic_(std::move(topic)), partition_(partition) {
  Schema schema;
  for (const int column : columns_) {
    const auto& field = record_schema()[static_cast<size_t>(column)];
    schema.fields.push_back(field);
    if (column == at_value) value_.emplace(field.type);
    if (column == at_key) key_.emplace(field.type);
    if (column == at_offset) offset_.emplace(field.type);
    if (column == at_timestamp) timestamp_.emplace(field.type);
    if (column == at_timestamp_type) timestamp_type_.emplace(field.type);
  }
  schema_ = std::make_shared<const Schema>(std::move(schema));
}

Column RecordRows::take_column(int column) {
  switch (column) {
    case at_value:
      return value_->finish();
    case at_key:
      return key_->finish();
    case at_offset:
      return offset_->finish();
    case at_timestamp:
      return timestamp_->finish();
    case at_timestamp_type:
      return timestamp_type_->finish();
    default:
      break;
  }
  ColumnBuilder builder(record_schema()[static_cast<size_t>(column)].type);
  builder.reserve(static_cast<size_t>(count_));
  for (int64_t i = 0; i < count_; ++i) {
    if (column == at_topic)
      builder.append_bytes(topic_);
    else
      builder.append(partition_);
  }
  return builder.finish();
}

Batch RecordRows::take() {
  std::vector<Column> columns;
  columns.reserve(columns_.size());
  for (const int column : columns_) columns.push_back(take_column(column));
  Batch rows(schema_, std::move(columns), count_);
  count_ = 0;
  bytes_ = 0;
  return rows;
}

}  // namespace millrace::kafka
