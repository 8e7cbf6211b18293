#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "millrace/settings.hpp"
#include "millrace/source.hpp"

namespace millrace {

struct RateSettings {
  int64_t rows_per_second = 1;
  Duration ramp_up_time = {};
  int64_t num_partitions = 1;
  std::optional<std::string> start_time = {};
  int64_t seed = 0;
  Duration jitter = {};
  std::optional<int64_t> rows = {};
};

// When each row of a stream at a steady rate, which it may reach gradually, comes due.
class RateSchedule {
 public:
  RateSchedule(int64_t rows_per_second, int64_t ramp_up_us)
      : rate_(rows_per_second), ramp_up_us_(ramp_up_us) {}

  // Microseconds after the start.
  int64_t time_of(int64_t row) const;
  // How many rows have come due.
  int64_t rows_until(int64_t elapsed_us) const;

 private:
  double rows_of_ramp() const;

  int64_t rate_;
  int64_t ramp_up_us_;
};

// Rows (timestamp, value) at a steady rate: value counts from 0, timestamp says when a row came
// due. Row `value` belongs to partition value % num_partitions.
//
// With `start_time` rows are the same in every run, and with `rows` too they all are there at once.
//
// A position is {"start": the time of the first row, "value": the next one}.
class RateSource final : public Source {
 public:
  RateSource(RateSettings settings, Context context);

  Schema schema() const override;
  std::string latest(const std::string& position) override;
  InputPlan plan(const std::string& position, const std::string& target,
                 bool without_limit) override;
  void limit(int64_t rows) override { limit_ = rows; }
  std::unique_ptr<Reader> open(const Range& range, const std::vector<int>& columns) override;

 private:
  RateSettings settings_;
  Context context_;
  RateSchedule schedule_;
  std::optional<int64_t> start_us_;
  int64_t limit_ = 0;
};

}  // namespace millrace
