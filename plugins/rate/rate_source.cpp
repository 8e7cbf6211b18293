#include "plugins/rate/rate_source.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "millrace/column_builder.hpp"
#include "millrace/timestamp_text.hpp"

namespace millrace {
namespace {

constexpr int64_t rows_per_batch = 16 * 1024;

enum RateColumn { timestamp_column, value_column };

struct Position {
  int64_t start_us = 0;
  int64_t value = 0;

  std::string text() const {
    return "{\"start\":" + std::to_string(start_us) + ",\"value\":" + std::to_string(value) + "}";
  }
};

int64_t member(const std::string& text, std::string_view name) {
  const auto at = text.find(name);
  int64_t value = 0;
  if (at == std::string::npos ||
      std::from_chars(text.data() + at + name.size(), text.data() + text.size(), value).ec !=
          std::errc())
    throw Error::user("the checkpoint holds a position that is not one of a rate source: " + text);
  return value;
}

Position position_of(const std::string& text) {
  return {member(text, "\"start\":"), member(text, "\"value\":")};
}

// The same pseudo-random number for the same seed and row: splitmix64.
uint64_t mix(int64_t seed, int64_t row) {
  auto bits = static_cast<uint64_t>(seed) * 0x9e3779b97f4a7c15 + static_cast<uint64_t>(row);
  bits += 0x9e3779b97f4a7c15;
  bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
  return bits ^ bits >> 31;
}

// Rows `next`, `next + step`, ... below `end`.
class RateReader final : public Reader {
 public:
  RateReader(const RateSettings& settings, const RateSchedule& schedule, int64_t start_us,
             int64_t first, int64_t end, std::vector<int> columns)
      : settings_(settings),
        schedule_(schedule),
        start_us_(start_us),
        next_(first),
        end_(end),
        columns_(std::move(columns)) {
    Schema schema;
    for (const int column : columns_)
      schema.fields.push_back(column == timestamp_column ? Field{"timestamp", TypeId::timestamp}
                                                         : Field{"value", TypeId::int64});
    schema_ = std::make_shared<const Schema>(std::move(schema));
  }

  Read read(int64_t, Batch& rows) override {
    const int64_t step = settings_.num_partitions;
    const int64_t count =
        std::min(rows_per_batch, next_ < end_ ? (end_ - next_ + step - 1) / step : 0);
    if (count == 0) return Read::end;
    std::vector<Column> columns;
    for (const int column : columns_) {
      ColumnBuilder builder(column == timestamp_column ? TypeId::timestamp : TypeId::int64);
      builder.reserve(static_cast<size_t>(count));
      for (int64_t i = 0; i < count; ++i) {
        const int64_t value = next_ + i * step;
        builder.append(column == timestamp_column ? time_of(value) : value);
      }
      columns.push_back(builder.finish());
    }
    rows = Batch(schema_, std::move(columns), count);
    next_ += count * step;
    return Read::rows;
  }

 private:
  int64_t time_of(int64_t value) const {
    const int64_t due = start_us_ + schedule_.time_of(value);
    const auto most = static_cast<uint64_t>(settings_.jitter.microseconds);
    return most == 0 ? due : due - static_cast<int64_t>(mix(settings_.seed, value) % (most + 1));
  }

  const RateSettings& settings_;
  const RateSchedule& schedule_;
  int64_t start_us_;
  int64_t next_;
  int64_t end_;
  std::vector<int> columns_;
  std::shared_ptr<const Schema> schema_;
};

}  // namespace

// While the rate rises evenly, rows(t) = rate * t^2 / (2 * ramp).
double RateSchedule::rows_of_ramp() const {
  return static_cast<double>(rate_) * static_cast<double>(ramp_up_us_) / 2e6;
}

int64_t RateSchedule::time_of(int64_t row) const {
  if (ramp_up_us_ == 0)  // In two parts, so that nothing overflows and every digit is exact.
    return row / rate_ * 1'000'000 + row % rate_ * 1'000'000 / rate_;
  const double ramp = rows_of_ramp();
  const auto rows = static_cast<double>(row);
  if (rows < ramp)
    return static_cast<int64_t>(std::sqrt(rows / ramp) * static_cast<double>(ramp_up_us_));
  return ramp_up_us_ + static_cast<int64_t>((rows - ramp) * 1e6 / static_cast<double>(rate_));
}

// time_of() never falls, so the first row that is not due is found by halving.
int64_t RateSchedule::rows_until(int64_t elapsed_us) const {
  if (elapsed_us < 0) return 0;
  int64_t due = 0;
  int64_t not_due = (elapsed_us / 1'000'000 + 1) * rate_ + 1;
  while (due < not_due) {
    const int64_t middle = due + (not_due - due) / 2;
    if (time_of(middle) <= elapsed_us)
      due = middle + 1;
    else
      not_due = middle;
  }
  return due;
}

RateSource::RateSource(RateSettings settings, Context context)
    : settings_(std::move(settings)),
      context_(context),
      schedule_(settings_.rows_per_second, settings_.ramp_up_time.microseconds) {
  const auto at_least = [](int64_t value, int64_t least, const char* option) {
    if (value < least)
      throw Error::user("`" + std::string(option) + "` must be at least " + std::to_string(least) +
                        ", not " + std::to_string(value))
          .about(option);
  };
  at_least(settings_.rows_per_second, 1, "rows_per_second");
  at_least(settings_.num_partitions, 1, "num_partitions");
  at_least(settings_.ramp_up_time.microseconds, 0, "ramp_up_time");
  at_least(settings_.jitter.microseconds, 0, "jitter");
  if (settings_.rows) at_least(*settings_.rows, 0, "rows");
  if (settings_.rows_per_second > 1'000'000'000)
    throw Error::user("`rows_per_second` must be at most 1000000000").about("rows_per_second");
  if (!settings_.start_time) return;
  start_us_ = parse_timestamp(*settings_.start_time);
  if (!start_us_)
    throw Error::user("`" + *settings_.start_time +
                      "` is not a time; write it as \"2024-01-31T12:00:00Z\"")
        .about("start_time");
}

Schema RateSource::schema() const {
  return {{{"timestamp", TypeId::timestamp}, {"value", TypeId::int64}}};
}

std::string RateSource::latest(const std::string& text) {
  Position position;
  if (!text.empty()) {
    position = position_of(text);
  } else {
    position.start_us = start_us_ ? *start_us_ : context_.now_us();
  }
  int64_t due = std::numeric_limits<int64_t>::max();
  if (!settings_.rows || !start_us_)
    due = schedule_.rows_until(context_.now_us() - position.start_us);
  if (settings_.rows) due = std::min(due, *settings_.rows);
  position.value = std::max(position.value, due);
  return position.text();
}

InputPlan RateSource::plan(const std::string& text, const std::string& target_text,
                           bool without_limit) {
  const auto target = position_of(target_text);
  const int64_t from = text.empty() ? 0 : position_of(text).value;
  // Rows that are due can wait: they are made when they are read.
  const int64_t most = without_limit || limit_ == 0 ? target.value - from : limit_;
  const Position next{target.start_us, from + std::min(most, target.value - from)};
  InputPlan plan;
  plan.position = next.value > from ? next.text() : text;
  const int64_t count = settings_.num_partitions;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t first = from + ((i - from) % count + count) % count;
    const auto partition = std::to_string(i);
    if (first < next.value)
      plan.ranges.push_back({partition, first, next.value, std::to_string(target.start_us)});
    PartitionStatus status;
    status.partition = partition;
    status.index = static_cast<int32_t>(i);
    status.next = next.value;
    status.latest = target.value;
    status.never_had_records = target.value <= i;
    plan.partitions.push_back(std::move(status));
  }
  return plan;
}

std::unique_ptr<Reader> RateSource::open(const Range& range, const std::vector<int>& columns) {
  int64_t start_us = 0;
  std::from_chars(range.detail.data(), range.detail.data() + range.detail.size(), start_us);
  return std::make_unique<RateReader>(settings_, schedule_, start_us, range.start, range.end,
                                      columns);
}

}  // namespace millrace
