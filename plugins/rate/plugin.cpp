#include "millrace/plugin.hpp"

#include "plugins/rate/rate_source.hpp"

using millrace::optional;
using millrace::RateSettings;
using millrace::RateSource;

MILLRACE_PLUGIN(
    "rate", "0.1.0",
    millrace::source<RateSource, RateSettings>(
        "rate", "Rows (timestamp, value) at a steady rate, for trying things out.",
        {{"rows_per_second", &RateSettings::rows_per_second, optional, "How many rows come due."},
         {"ramp_up_time", &RateSettings::ramp_up_time, optional,
          "How long the rate takes to rise to rows_per_second."},
         {"num_partitions", &RateSettings::num_partitions, optional,
          "Independent parts, which are made in parallel."},
         {"start_time", &RateSettings::start_time, optional,
          "The timestamp of the first row. With it rows are the same in every run; without it "
          "they begin now."},
         {"jitter", &RateSettings::jitter, optional,
          "Timestamps are earlier by up to this, at random, so that they come out of order."},
         {"seed", &RateSettings::seed, optional, "Of the jitter: equal seeds, equal rows."},
         {"rows", &RateSettings::rows, optional,
          "How many rows there are at all. With start_time they need not be waited for."}}));
