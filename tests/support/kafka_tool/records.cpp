#include "tests/support/kafka_tool/records.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/kafka_tool/client.hpp"

namespace kafka_tool {
namespace {

nlohmann::ordered_json with_metadata(const Record& record, const std::string& topic) {
  nlohmann::ordered_json object;
  if (!topic.empty()) object["topic"] = topic;
  object["partition"] = record.partition;
  object["offset"] = record.offset;
  object["timestamp"] = record.timestamp_ms;
  object["key"] = record.has_key ? nlohmann::ordered_json(record.key) : nlohmann::ordered_json();
  object["value"] =
      record.has_value ? nlohmann::ordered_json(record.value) : nlohmann::ordered_json();
  auto& headers = object["headers"] = nlohmann::ordered_json::object();
  if (record.headers == nullptr) return object;
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0; rd_kafka_header_get_all(record.headers, i, &name, &value, &size) ==
                     RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i)
    headers[name] = std::string(static_cast<const char*>(value), size);
  return object;
}

bool is_result(const std::filesystem::path& root, const std::filesystem::path& path) {
  for (const auto& part : std::filesystem::relative(path, root)) {
    const std::string name = part.string();
    if (name.starts_with('.') || name.starts_with('_')) return false;
  }
  return true;
}

std::vector<std::filesystem::path> result_files(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
    if (entry.is_regular_file() && is_result(path, entry.path())) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string json_of(const Record& record, const std::string& topic) {
  return with_metadata(record, topic)
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void produce_lines(const std::string& bootstrap, const std::string& topic,
                   const ProduceOptions& options, std::istream& in) {
  Producer producer(bootstrap, options.properties);
  std::string line;
  while (std::getline(in, line)) {
    const std::string_view text = line;
    const size_t at =
        options.key_separator.empty() ? std::string::npos : text.find(options.key_separator);
    if (at == std::string::npos)
      producer.send(topic, {}, text, options.partition);
    else
      producer.send(topic, text.substr(0, at), text.substr(at + options.key_separator.size()),
                    options.partition);
  }
  producer.finish();
}

void consume_lines(const std::string& bootstrap, const std::string& topic,
                   const ConsumeOptions& options, std::ostream& out) {
  int64_t left = options.count_max;
  read_topic(bootstrap, topic, [&](const Record& record) {
    if (options.with_metadata)
      out << json_of(record) << '\n';
    else
      out << record.value << '\n';
    return --left != 0;
  });
}

void generate_topic(const std::string& bootstrap, const std::string& topic,
                    const Workload& workload, const Pace& pace) {
  using SteadyClock = std::chrono::steady_clock;
  Producer producer(bootstrap, {{"linger.ms", "50"}});
  const auto begin = SteadyClock::now();
  auto due = [&](int64_t index) {
    return begin + std::chrono::duration_cast<SteadyClock::duration>(
                       std::chrono::duration<double>(static_cast<double>(index) / pace.per_second));
  };
  std::string json;
  auto send = [&](const Event& event) {
    json.clear();
    write_json(event, json);
    producer.send(topic, key_text(event), json, event.partition);
  };
  for (int64_t i = 0; i < workload.events; ++i) {
    while (pace.per_second > 0 && SteadyClock::now() < due(i)) producer.serve(10);
    send(event_at(workload, i));
  }
  if (workload.flush_gap_ms > 0)
    for (int32_t partition = 0; partition < workload.partitions; ++partition)
      send(flush_event(workload, partition));
  producer.finish();
}

void generate_file(const Workload& workload, const std::string& file) {
  std::ofstream opened;
  if (file != "-") opened.open(file);
  std::ostream& out = file == "-" ? std::cout : opened;
  std::string json;
  auto write = [&](const Event& event) {
    json.clear();
    write_json(event, json);
    out << json << '\n';
  };
  for (int64_t i = 0; i < workload.events; ++i) write(event_at(workload, i));
  if (workload.flush_gap_ms > 0)
    for (int32_t partition = 0; partition < workload.partitions; ++partition)
      write(flush_event(workload, partition));
  if (!out.flush()) throw Failure("cannot write " + file);
}

void read_values(const std::string& bootstrap, const std::string& topic,
                 const std::function<void(std::string_view)>& take) {
  read_topic(bootstrap, topic, [&](const Record& record) {
    take(record.value);
    return true;
  });
}

void read_lines(const std::string& path, const std::function<void(std::string_view)>& take) {
  for (const auto& file : result_files(path)) {
    std::ifstream in(file);
    if (!in) throw Failure("cannot read " + file.string());
    std::string line;
    while (std::getline(in, line)) take(line);
  }
}

}  // namespace kafka_tool
