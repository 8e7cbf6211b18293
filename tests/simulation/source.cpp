// A source whose rows arrive in virtual time.
#include <charconv>

#include "millrace/column_builder.hpp"

#include "tests/simulation/components.hpp"

namespace millrace::simulation {
namespace {

struct SourceSettings {
  int64_t input = 0;
  int64_t batch = 1;
};

/// The next offset of each partition: "3,0,12".
using Offsets = std::vector<int64_t>;

Offsets offsets_of(const std::string& text, size_t count) {
  Offsets offsets(count, 0);
  const char* at = text.data();
  const char* const end = at + text.size();
  for (size_t i = 0; at < end; ++i) {
    at = std::from_chars(at, end, offsets.at(i)).ptr;
    if (at < end) ++at;
  }
  return offsets;
}

std::string text_of(const Offsets& offsets) {
  std::string text;
  for (const auto offset : offsets) text += (text.empty() ? "" : ",") + std::to_string(offset);
  return text;
}

class RowReader final : public Reader {
 public:
  RowReader(const InputPartition& partition, const Range& range, const Schema& all,
            const std::vector<int>& columns)
      : partition_(partition), next_(range.start), end_(range.end), columns_(columns) {
    Schema schema;
    for (const int column : columns) schema.fields.push_back(all[static_cast<size_t>(column)]);
    schema_ = std::make_shared<const Schema>(std::move(schema));
  }

  Read read(int64_t, Batch& rows) override {
    outside().call(Outside::Side::source);
    if (next_ == end_) return Read::end;
    const int64_t count = std::min<int64_t>(end_ - next_, 7);
    std::vector<Column> columns;
    for (size_t i = 0; i < columns_.size(); ++i) {
      ColumnBuilder builder((*schema_)[i].type);
      for (int64_t row = next_; row < next_ + count; ++row)
        append(columns_[i], partition_.rows[static_cast<size_t>(row)], builder);
      columns.push_back(builder.finish());
    }
    rows = Batch(schema_, std::move(columns), count);
    next_ += count;
    return Read::rows;
  }

 private:
  static void append(int column, const InputRow& row, ColumnBuilder& builder) {
    if (column == 0) return builder.append(row.id);
    if (column == 1) return row.key ? builder.append_bytes(*row.key) : builder.append_null();
    if (column == 2) return row.value ? builder.append(*row.value) : builder.append_null();
    builder.append(row.time_us);
  }

  const InputPartition& partition_;
  int64_t next_;
  int64_t end_;
  std::vector<int> columns_;
  std::shared_ptr<const Schema> schema_;
};

class SimulatedSource : public Source {
 public:
  SimulatedSource(const SourceSettings& settings, const Context&)
      : index_(static_cast<size_t>(settings.input)), batch_(settings.batch) {}

  Schema schema() const override {
    const std::string prefix = index_ == 0 ? "" : "other_";
    return {{{prefix + "id", TypeId::int64},
             {prefix + "key", TypeId::string},
             {prefix + "value", TypeId::int64},
             {prefix + "ts", TypeId::timestamp}}};
  }

  std::string latest(const std::string& position) override {
    outside().call(Outside::Side::source);
    Offsets offsets = offsets_of(position, input().size());
    for (size_t i = 0; i < offsets.size(); ++i) offsets[i] = outside().arrived(index_, i);
    return text_of(offsets);
  }

  InputPlan plan(const std::string& position, const std::string& target,
                 bool without_limit) override {
    Outside& world = outside();
    world.call(Outside::Side::source);
    Offsets offsets = offsets_of(position, input().size());
    const Offsets targets = offsets_of(target, input().size());
    InputPlan plan;
    for (size_t i = 0; i < offsets.size(); ++i) {
      if (input()[i].appears_us > world.elapsed_us()) continue;
      const int64_t start = offsets[i];
      const int64_t end = without_limit ? targets[i] : std::min(targets[i], start + batch_);
      const std::string name = std::to_string(i);
      if (end > start) plan.ranges.push_back({name, start, end, ""});
      offsets[i] = std::max(start, end);
      PartitionStatus status;
      status.partition = name;
      status.index = static_cast<int32_t>(i);
      status.next = offsets[i];
      status.latest = targets[i];
      status.never_had_records = targets[i] == 0;
      plan.partitions.push_back(std::move(status));
    }
    plan.position = text_of(offsets);
    return plan;
  }

  void committed(const std::string&) override { outside().call(Outside::Side::source); }

  std::unique_ptr<Reader> open(const Range& range, const std::vector<int>& columns) override {
    outside().call(Outside::Side::source);
    size_t partition = 0;
    std::from_chars(range.partition.data(), range.partition.data() + range.partition.size(),
                    partition);
    return std::make_unique<RowReader>(input().at(partition), range, schema(), columns);
  }

 private:
  const Input& input() const { return outside().input(index_); }

  size_t index_;
  int64_t batch_;
};

Component source_named(std::string_view name, uint32_t flags) {
  return source<SimulatedSource, SourceSettings>(
      name, "Rows that arrive in virtual time.",
      {{"input", &SourceSettings::input, millrace::optional, "Which input of the scenario."},
       {"batch", &SourceSettings::batch, millrace::optional,
        "How many rows of a partition an epoch takes."}},
      flags);
}

}  // namespace

Component announced_source() { return source_named("simulated_announced", source_announces); }
Component silent_source() { return source_named("simulated", 0); }

}  // namespace millrace::simulation
