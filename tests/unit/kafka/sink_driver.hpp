#pragma once
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugins/kafka/sink.hpp"
#include "tests/support/kafka_tool/client.hpp"
#include "tests/unit/kafka/threaded_host.hpp"

namespace millrace::testing {

// Rows of results as sinks get them: `key`, `n` and `at`, which may be null, with a payload each.
inline const Schema& result_schema() {
  static const Schema schema{
      {{"key", TypeId::string}, {"n", TypeId::int64}, {"at", TypeId::int32}}};
  return schema;
}

struct Result {
  std::string payload;
  std::string key = {};
  int64_t n = 0;
  int32_t at = -1;  // Less than 0 is null.
};

struct ResultBatch {
  explicit ResultBatch(const std::vector<Result>& results) {
    ColumnBuilder key(TypeId::string);
    ColumnBuilder n(TypeId::int64);
    ColumnBuilder at(TypeId::int32);
    ColumnBuilder payload(TypeId::binary);
    for (const auto& result : results) {
      if (result.key.empty())
        key.append_null();
      else
        key.append_bytes(result.key);
      n.append(result.n);
      if (result.at < 0)
        at.append_null();
      else
        at.append(result.at);
      payload.append_bytes(result.payload);
    }
    std::vector<Column> columns;
    columns.push_back(key.finish());
    columns.push_back(n.finish());
    columns.push_back(at.finish());
    rows = Batch(std::make_shared<const Schema>(result_schema()), std::move(columns),
                 static_cast<int64_t>(results.size()));
    payloads = payload.finish();
  }
  Batch rows;
  Column payloads;
};

inline void write_epoch(Writer& writer, Epoch epoch, const std::vector<Result>& results) {
  writer.open(epoch);
  const ResultBatch batch(results);
  writer.write(batch.rows, &batch.payloads);
  writer.close(nullptr);
}

// The records of a topic, partition after partition: "partition:key=value name=header ...".
inline std::vector<std::string> read_back(const std::string& brokers, const std::string& topic) {
  std::vector<std::string> records;
  kafka_tool::read_topic(brokers, topic, [&](const kafka_tool::Record& record) {
    std::string text = std::to_string(record.partition) + ":";
    text += record.has_key ? std::string(record.key) : "-";
    text += "=" + std::string(record.value);
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    for (size_t i = 0;
         record.headers != nullptr && rd_kafka_header_get_all(record.headers, i, &name, &value,
                                                              &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i)
      text += " " + std::string(name) + "=" + std::string(static_cast<const char*>(value), size);
    records.push_back(text);
    return true;
  });
  std::stable_sort(records.begin(), records.end(), [](const auto& left, const auto& right) {
    return left.substr(0, left.find(':')) < right.substr(0, right.find(':'));
  });
  return records;
}

}  // namespace millrace::testing
