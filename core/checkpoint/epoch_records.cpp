#include "core/checkpoint/epoch_records.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/checkpoint/container_layout.hpp"
#include "core/checkpoint/state_records.hpp"
#include "core/checkpoint/whole_numbers.hpp"

namespace millrace {
namespace {

using nlohmann::json;

// JSON texts must be UTF-8; file names and keys need not be. Others are written as {"hex": "..."}.
bool is_utf8(const std::string& text) {
  try {
    static_cast<void>(json(text).dump());
    return true;
  } catch (const json::type_error&) {
    return false;
  }
}

json from_text(const std::string& text) {
  if (is_utf8(text)) return text;
  constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (const char byte : text) {
    hex += digits[static_cast<unsigned char>(byte) >> 4];
    hex += digits[static_cast<unsigned char>(byte) & 0x0f];
  }
  return json{{"hex", hex}};
}

std::string to_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  const std::string hex = value.at("hex").get<std::string>();
  if (hex.size() % 2 != 0) throw std::runtime_error("hex text of odd length");
  std::string text;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    text += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return text;
}

json from_texts(const std::map<std::string, std::string>& texts) {
  json object = json::object();
  for (const auto& [name, text] : texts) object[name] = from_text(text);
  return object;
}

// Readers accept that a key is missing: then the member keeps its default.
template <typename Read>
void each(const json& record, const char* key, Read read) {
  const auto found = record.find(key);
  if (found == record.end()) return;
  for (const auto& [name, value] : found->items()) read(name, value);
}

template <typename Number>
void read_number(const json& record, const char* key, Number& to) {
  const auto found = record.find(key);
  if (found != record.end()) found->get_to(to);
}

void read_text(const json& record, const char* key, std::string& to) {
  const auto found = record.find(key);
  if (found != record.end()) to = to_text(*found);
}

void read_texts(const json& record, const char* key, std::map<std::string, std::string>& to) {
  each(record, key, [&](const std::string& name, const json& text) { to[name] = to_text(text); });
}

json from_source(const PlannedSource& source) {
  json ranges = json::array();
  for (const PlannedRange& range : source.ranges) {
    json entry{
        {"partition", from_text(range.partition)}, {"start", range.start}, {"end", range.end}};
    if (!range.detail.empty()) entry["detail"] = from_text(range.detail);
    ranges.push_back(std::move(entry));
  }
  return {{"start", from_text(source.start_position)},
          {"end", from_text(source.end_position)},
          {"ranges", std::move(ranges)}};
}

PlannedSource to_source(const json& record) {
  PlannedSource source;
  read_text(record, "start", source.start_position);
  read_text(record, "end", source.end_position);
  each(record, "ranges", [&](const std::string&, const json& entry) {
    PlannedRange range;
    read_text(entry, "partition", range.partition);
    read_number(entry, "start", range.start);
    read_number(entry, "end", range.end);
    read_text(entry, "detail", range.detail);
    source.ranges.push_back(std::move(range));
  });
  return source;
}

constexpr std::array<std::string_view, 3> kind_names{"delta", "snapshot", "kept"};

json from_state_file(const StateFile& file) {
  json record{{"name", file.name},       {"kind", kind_names.at(static_cast<size_t>(file.kind))},
              {"epoch", file.epoch},     {"size", file.size},
              {"payload", file.payload}, {"hash", file.hash}};
  if (file.grows) record["grows"] = true;
  // Never as text, of which a zero byte would take six.
  if (file.in_record()) record["content"] = {{"hex", container::to_hex(file.content)}};
  return record;
}

void check_content(const StateFile& file) {
  if (!file.name.empty() || file.kind != StateFileKind::delta || file.size != file.content.size())
    throw std::invalid_argument("changes of state are not what they are said to be");
  state_records::each(file.content, [](std::uint8_t, std::string_view) {});
}

StateFile to_state_file(const json& record) {
  StateFile file;
  record.at("name").get_to(file.name);
  const auto kind = std::find(kind_names.begin(), kind_names.end(), record.at("kind"));
  if (kind == kind_names.end()) throw std::invalid_argument("a state file of an unknown kind");
  file.kind = static_cast<StateFileKind>(kind - kind_names.begin());
  record.at("epoch").get_to(file.epoch);
  record.at("size").get_to(file.size);
  record.at("payload").get_to(file.payload);
  record.at("hash").get_to(file.hash);
  read_number(record, "grows", file.grows);
  read_text(record, "content", file.content);
  if (file.in_record()) check_content(file);
  return file;
}

}  // namespace

namespace {

json from_plan(const EpochPlan& plan) {
  json sources = json::object();
  for (const auto& [name, source] : plan.sources) sources[name] = from_source(source);
  json watermarks = json::object();
  for (const auto& [name, watermark] : plan.watermarks) {
    watermarks[name] = {{"late_before_us", watermark.late_before_us},
                        {"watermark_us", watermark.watermark_us}};
  }
  return json{{"epoch", plan.epoch},
              {"time_us", plan.time_us},
              {"shards", plan.shards},
              {"has_data", plan.has_data},
              {"opens_with_watermark", plan.opens_with_watermark},
              {"sources", std::move(sources)},
              {"watermarks", std::move(watermarks)},
              {"extra", from_texts(plan.extra)},
              {"parent", plan.parent}};
}

EpochPlan to_plan(const json& record) {
  EpochPlan plan;
  record.at("epoch").get_to(plan.epoch);
  read_number(record, "time_us", plan.time_us);
  read_number(record, "shards", plan.shards);
  read_number(record, "has_data", plan.has_data);
  read_number(record, "opens_with_watermark", plan.opens_with_watermark);
  each(record, "sources", [&](const std::string& name, const json& source) {
    plan.sources[name] = to_source(source);
  });
  each(record, "watermarks", [&](const std::string& name, const json& entry) {
    PlannedWatermark& watermark = plan.watermarks[name];
    read_number(entry, "late_before_us", watermark.late_before_us);
    read_number(entry, "watermark_us", watermark.watermark_us);
  });
  read_texts(record, "extra", plan.extra);
  read_text(record, "parent", plan.parent);
  return plan;
}

}  // namespace

std::string to_json(const EpochPlan& plan) { return from_plan(plan).dump(); }

EpochPlan epoch_plan_from_json(const std::string& text) {
  return to_plan(parse_whole_numbers(text));
}

std::string to_json(const EpochCommit& commit) {
  json state_files = json::array();
  for (const StateFile& file : commit.state_files) state_files.push_back(from_state_file(file));
  json record{{"epoch", commit.epoch},
              {"time_us", commit.time_us},
              {"positions", from_texts(commit.positions)},
              {"receipts", from_texts(commit.receipts)},
              {"watermark_state", from_text(commit.watermark_state)},
              {"counters", commit.counters},
              {"extra", from_texts(commit.extra)},
              {"decider", from_text(commit.decider)},
              {"plan_hash", commit.plan_hash},
              {"state_files", std::move(state_files)}};
  if (commit.next) record["next"] = from_plan(*commit.next);
  if (commit.planned_before) record["planned_before"] = true;
  if (!commit.state_store.empty()) {
    record["state_store"] = from_text(commit.state_store);
    record["state_bytes"] = commit.state_bytes;
  }
  if (commit.outbox)
    record["outbox"] = {{"name", commit.outbox->name},
                        {"size", commit.outbox->size},
                        {"rows", commit.outbox->rows},
                        {"hash", commit.outbox->hash}};
  return record.dump();
}

EpochCommit epoch_commit_from_json(const std::string& text) {
  const json record = parse_whole_numbers(text);
  EpochCommit commit;
  record.at("epoch").get_to(commit.epoch);
  read_number(record, "time_us", commit.time_us);
  read_texts(record, "positions", commit.positions);
  read_texts(record, "receipts", commit.receipts);
  read_text(record, "watermark_state", commit.watermark_state);
  each(record, "counters",
       [&](const std::string& name, const json& value) { value.get_to(commit.counters[name]); });
  read_texts(record, "extra", commit.extra);
  read_text(record, "decider", commit.decider);
  read_text(record, "state_store", commit.state_store);
  each(record, "state_bytes",
       [&](const std::string& name, const json& value) { value.get_to(commit.state_bytes[name]); });
  read_text(record, "plan_hash", commit.plan_hash);
  read_number(record, "planned_before", commit.planned_before);
  if (const auto next = record.find("next"); next != record.end()) commit.next = to_plan(*next);
  if (const auto outbox = record.find("outbox"); outbox != record.end())
    commit.outbox =
        OutboxFile{outbox->at("name"), outbox->at("size"), outbox->at("rows"), outbox->at("hash")};
  each(record, "state_files", [&](const std::string&, const json& file) {
    if (!commit.state_files.empty() && commit.state_files.back().in_record())
      throw std::invalid_argument("changes of state are not the last ones");
    commit.state_files.push_back(to_state_file(file));
  });
  return commit;
}

}  // namespace millrace
