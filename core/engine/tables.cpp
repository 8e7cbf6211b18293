#include "core/engine/tables.hpp"

#include <vector>

#include "millrace/gather.hpp"

#include "core/engine/record_decoder.hpp"

namespace millrace {
namespace {

constexpr int64_t read_timeout_us = 200'000;

std::string note_of(const PlannedNode& node) { return "table:" + node.name; }

}  // namespace

Tables::Tables(const Plan& plan, observe::Log& log) : plan_(plan), log_(log) {
  for (size_t i = 0; i < plan.nodes.size(); ++i)
    if (plan.nodes[i].table) versions_[i];
}

void Tables::load() {
  for (const auto& [node, version] : versions_)
    read(node, plan_.nodes[node].table->handle->latest(""));
}

void Tables::refresh() {
  for (const auto& [node, version] : versions_) {
    try {
      const auto latest = plan_.nodes[node].table->handle->latest("");
      if (latest != version) read(node, latest);
    } catch (const Error& error) {
      log_.warning(std::string(error.what()) + "; the table stays as it was",
                   {{"component", plan_.nodes[node].name}});
    }
  }
}

// The version is looked up before the rows are read, so that what changes meanwhile is read again.
void Tables::read(size_t node, const std::string& version) {
  const auto& table = plan_.nodes[node];
  auto& handle = *table.table->handle;
  RecordDecoder decoder(table);
  NodeCounts counts;
  std::vector<Batch> batches;
  int64_t records = 0;
  for (const auto& range : handle.plan("", version, true).ranges) {
    RangeInHand in_hand{range, handle.open(range, table.table->columns)};
    Batch raw;
    for (auto result = in_hand.reader->read(read_timeout_us, raw); result != ReadResult::end;
         result = in_hand.reader->read(read_timeout_us, raw)) {
      if (result == ReadResult::idle) continue;
      batches.push_back(decoder.decode(raw, in_hand, {}, counts));
      in_hand.records += raw.size();
    }
    records += in_hand.records;
  }
  const auto rows = concatenate(table.output.schema, batches);
  for (const auto& [port, readers] : table.readers)
    for (const auto reader : readers) {
      const auto& join = plan_.nodes[reader];
      for (size_t input = 0; input < join.inputs.size(); ++input) {
        if (join.inputs[input].node != node) continue;
        const auto& columns = join.inputs[input].columns;
        std::vector<Column> taken;
        taken.reserve(columns.size());
        for (const auto column : columns) taken.push_back(rows.column(column));
        join.transform->handle->load_table(
            static_cast<int32_t>(input),
            columns.empty() ? rows : Batch(join.stream(input).schema, taken, rows.size()));
      }
    }
  versions_[node] = version;
  log_.info("read the table", {{"component", table.name}, {"rows", std::to_string(records)}});
}

void Tables::note_versions(EpochPlan& plan) const {
  for (const auto& [node, version] : versions_) plan.extra[note_of(plan_.nodes[node])] = version;
}

void Tables::check_versions(const EpochPlan& plan) const {
  for (const auto& [node, version] : versions_) {
    const auto& table = plan_.nodes[node];
    const auto noted = plan.extra.find(note_of(table));
    if (noted != plan.extra.end() && noted->second != version)
      log_.warning("an epoch runs again, and the table has changed since it ran first",
                   {{"component", table.name}, {"epoch", std::to_string(plan.epoch)}});
  }
}

}  // namespace millrace
