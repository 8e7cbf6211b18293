#include "core/observe/metrics.hpp"

#include <cstdio>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/observe/families.hpp"
#include "tests/unit/observe/sample_pipeline.hpp"

namespace millrace::observe {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* clicks =
    R"(component_id="clicks",component_kind="source",component_type="kafka")";
constexpr const char* counts =
    R"(component_id="counts",component_kind="transform",component_type="sliding_window")";
constexpr const char* totals =
    R"(component_id="totals",component_kind="sink",component_type="console")";
constexpr const char* clicks_0 =
    R"(component_id="clicks",component_kind="source",component_type="kafka",partition="0",topic="clicks")";

class MetricsTest : public testing::Test {
 protected:
  MetricsTest() { start_sample(metrics_); }

  /// The value of the series with these labels beside `pipeline`, as text; empty when there is
  /// none.
  std::string value(const std::string& name, const std::string& labels = "") const {
    const std::string text = metrics_.expose();
    const std::string series =
        "\n" + name + "{pipeline=\"wordcount\"" + (labels.empty() ? "" : "," + labels) + "} ";
    const size_t at = text.find(series);
    if (at == std::string::npos) return "";
    const size_t start = at + series.size();
    return text.substr(start, text.find('\n', start) - start);
  }

  Metrics metrics_{sample_pipeline()};
};

TEST_F(MetricsTest, EveryFamilyOfTheTableHasSeriesOnceAnEpochWasPublished) {
  metrics_.publish(sample_progress(), sample_time_us);
  const std::string text = metrics_.expose();
  for (const Family& row : families()) {
    EXPECT_THAT(text, HasSubstr("\n# TYPE " + std::string(row.name) + " ")) << row.name;
  }
}

TEST_F(MetricsTest, LabelsAreThoseOfTheTable) {
  metrics_.publish(sample_progress(), sample_time_us);
  const std::string text = metrics_.expose();
  for (const Family& row : families()) {
    const std::string suffix = row.type == FamilyType::histogram ? "_count{" : "{";
    const size_t at = text.find("\n" + std::string(row.name) + suffix);
    ASSERT_NE(at, std::string::npos) << row.name;
    const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    size_t expected = 1;
    if (row.scope != FamilyScope::pipeline) expected += 3;
    if (row.scope == FamilyScope::partition) expected += 2;
    if (!row.labels.empty()) {
      expected += 1 + static_cast<size_t>(std::ranges::count(row.labels, ','));
    }
    const std::string own = std::string(row.labels) + ",";
    for (size_t start = 0; own.size() > 1 && start < own.size();) {
      const size_t end = own.find(',', start);
      EXPECT_THAT(line, HasSubstr(own.substr(start, end - start) + "=\""));
      start = end + 1;
    }
    size_t found = 0;
    for (size_t quote = line.find("=\""); quote != std::string::npos;
         quote = line.find("=\"", quote + 1)) {
      ++found;
    }
    EXPECT_EQ(found, expected) << line;
  }
}

TEST_F(MetricsTest, PromtoolFindsNothingToSay) {
  metrics_.publish(sample_progress(), sample_time_us);
  metrics_.plugin_metric("clicks", PluginMetricKind::counter, "fetches", "Fetches.");
  metrics_.http_request("metrics", 200);
  const std::string path = testing::TempDir() + "millrace_exposition.prom";
  std::ofstream(path) << metrics_.expose();
  FILE* promtool = popen(("promtool check metrics < '" + path + "' 2>&1").c_str(), "r");
  ASSERT_NE(promtool, nullptr);
  std::string output;
  for (int letter = fgetc(promtool); letter != EOF; letter = fgetc(promtool)) {
    output += static_cast<char>(letter);
  }
  EXPECT_EQ(pclose(promtool), 0) << "Debian's package `prometheus` brings promtool";
  EXPECT_EQ(output, "");
}

TEST_F(MetricsTest, CountersExistFromTheStartAtZero) {
  EXPECT_EQ(value("millrace_epochs_total", R"(result="committed")"), "0");
  EXPECT_EQ(value("millrace_epochs_total", R"(result="failed")"), "0");
  EXPECT_EQ(value("millrace_component_received_records_total", clicks), "0");
  EXPECT_EQ(value("millrace_late_records_total", std::string(counts) + R"(,disposition="dropped")"),
            "0");
  EXPECT_EQ(value("millrace_component_errors_total",
                  std::string(totals) + R"(,error_type="external",stage="write")"),
            "0");
  EXPECT_EQ(value("millrace_state_rows", counts), "0");
  EXPECT_EQ(value("millrace_epoch_id"), "-1");
}

TEST_F(MetricsTest, TimesThatAreNotKnownAreNotShown) {
  EXPECT_EQ(value("millrace_watermark_time_seconds", counts), "");
  EpochProgress progress = sample_progress();
  progress.event_times.front().times = {};
  metrics_.publish(progress, sample_time_us);
  EXPECT_EQ(value("millrace_watermark_time_seconds", counts), "");
}

TEST_F(MetricsTest, OnlyStatefulTransformsHaveState) {
  EXPECT_EQ(value("millrace_state_rows", clicks), "");
  EXPECT_EQ(value("millrace_state_rows", totals), "");
}

TEST_F(MetricsTest, HandlesOfAComponentUpdateItsSeries) {
  ComponentMetrics handles = metrics_.component(sample_source);
  handles.received_records.add(10);
  handles.sent.sent_records.add(8);
  handles.sent_dead_letter.sent_records.add(2);
  metrics_.component(sample_source).received_records.add(5);
  EXPECT_EQ(value("millrace_component_received_records_total", clicks), "15");
  EXPECT_EQ(
      value("millrace_component_sent_records_total", std::string(clicks) + R"(,output="_default")"),
      "8");
  EXPECT_EQ(value("millrace_component_sent_records_total",
                  std::string(clicks) + R"(,output="dead_letter")"),
            "2");
}

TEST_F(MetricsTest, HandlesThatDoNotApplyDoNothing) {
  ComponentMetrics handles = metrics_.component(sample_sink);
  const std::string before = metrics_.expose();
  handles.late_dropped.add();
  handles.lateness.observe(1);
  EXPECT_EQ(handles.late_dropped.value(), 0);
  EXPECT_THAT(metrics_.expose(),
              Not(HasSubstr("record_lateness_seconds_count{pipeline=\"wordcount\","
                            "component_id=\"totals\"")));
  ComponentMetrics none;
  none.received_records.add();
  EXPECT_EQ(none.received_records.value(), 0);
}

TEST_F(MetricsTest, TallyMergesIntoTheBucketsOfItsValues) {
  Histogram histogram = metrics_.component(sample_window).lateness;
  LatenessTally tally;
  for (const double lateness : {0.05, 1.0, 2.0}) tally.observe(lateness);
  LatenessTally other;
  other.observe(1e6);
  other.add(std::array<std::uint64_t, 2>{3, 0}, 0);
  tally.add(other);
  histogram.merge(tally);
  const std::string name = "millrace_record_lateness_seconds";
  EXPECT_EQ(value(name + "_count", counts), "7");
  EXPECT_EQ(value(name + "_sum", counts), "1000003.05");
  EXPECT_EQ(value(name + "_bucket", std::string(counts) + R"(,le="0.1")"), "4");
  EXPECT_EQ(value(name + "_bucket", std::string(counts) + R"(,le="1")"), "5");
  EXPECT_EQ(value(name + "_bucket", std::string(counts) + R"(,le="5")"), "6");
  EXPECT_EQ(value(name + "_bucket", std::string(counts) + R"(,le="+Inf")"), "7");
  histogram.merge(LatenessTally{});
  EXPECT_EQ(value(name + "_count", counts), "7");
}

TEST_F(MetricsTest, SinkThatTakesNoPartInTheCommitHasNoCommitTime) {
  EpochProgress progress = sample_progress();
  progress.sinks.front().commit_us.reset();
  metrics_.publish(progress, sample_time_us);
  EXPECT_EQ(value("millrace_sink_commit_duration_seconds_count", totals), "0");
}

TEST_F(MetricsTest, PublishSetsWhatTheEpochReports) {
  metrics_.epoch_started(sample_time_us);
  EXPECT_EQ(value("millrace_epoch_start_time_seconds"), "1795351231.25");
  metrics_.publish(sample_progress(), sample_time_us + 500'000);
  EXPECT_EQ(value("millrace_epoch_start_time_seconds"), "0");
  EXPECT_EQ(value("millrace_epoch_last_commit_time_seconds"), "1795351231.75");
  EXPECT_EQ(value("millrace_epoch_id"), "7");
  EXPECT_EQ(value("millrace_epochs_total", R"(result="committed")"), "1");
  EXPECT_EQ(value("millrace_epoch_duration_seconds_sum"), "0.5");
  EXPECT_EQ(value("millrace_epoch_phase_duration_seconds_sum", R"(phase="process")"), "0.4");
  EXPECT_EQ(value("millrace_checkpoint_duration_seconds_sum"), "0.016");
  EXPECT_EQ(value("millrace_checkpoint_size_bytes"), "9000");
  EXPECT_EQ(value("millrace_checkpoint_retained_epochs"), "8");
  EXPECT_EQ(value("millrace_source_lag_records", clicks_0), "50");
  EXPECT_EQ(value("millrace_source_committed_offset", clicks_0), "300");
  EXPECT_EQ(value("millrace_source_lost_records_total", clicks_0), "1");
  EXPECT_EQ(value("millrace_partition_watermark_time_seconds", clicks_0), "1795350631.25");
  EXPECT_EQ(value("millrace_watermark_time_seconds", counts), "1795350631.25");
  EXPECT_EQ(value("millrace_event_time_max_seconds", counts), "1795351231.25");
  EXPECT_EQ(value("millrace_state_rows", counts), "50");
  EXPECT_EQ(value("millrace_state_bytes", counts), "4096");
  EXPECT_EQ(value("millrace_sink_commit_duration_seconds_sum", totals), "0.011");
}

TEST_F(MetricsTest, CountersAddUpOverEpochsAndGaugesDoNot) {
  metrics_.publish(sample_progress(), sample_time_us);
  metrics_.publish(sample_progress(), sample_time_us);
  EXPECT_EQ(value("millrace_state_rows", counts), "50");
  EXPECT_EQ(value("millrace_state_rows_updated_total", counts), "40");
  EXPECT_EQ(value("millrace_source_lost_records_total", clicks_0), "2");
}

TEST_F(MetricsTest, EpochWithoutInputIsEmpty) {
  EpochProgress progress = sample_progress();
  progress.num_input_rows = 0;
  metrics_.publish(progress, sample_time_us);
  EXPECT_EQ(value("millrace_epochs_total", R"(result="empty")"), "1");
  EXPECT_EQ(value("millrace_epochs_total", R"(result="committed")"), "0");
}

TEST_F(MetricsTest, LagIsNeverNegative) {
  EpochProgress progress = sample_progress();
  progress.sources.front().partitions.front().latest_offset = 10;
  metrics_.publish(progress, sample_time_us);
  EXPECT_EQ(value("millrace_source_lag_records", clicks_0), "0");
}

TEST_F(MetricsTest, FailedEpochCounts) {
  metrics_.epoch_started(sample_time_us);
  metrics_.epoch_failed();
  EXPECT_EQ(value("millrace_epochs_total", R"(result="failed")"), "1");
  EXPECT_EQ(value("millrace_epoch_start_time_seconds"), "0");
}

TEST_F(MetricsTest, OneStateIsSet) {
  metrics_.set_state(PipelineState::idle);
  EXPECT_EQ(value("millrace_pipeline_state", R"(state="idle")"), "1");
  EXPECT_EQ(value("millrace_pipeline_state", R"(state="starting")"), "0");
  EXPECT_EQ(value("millrace_pipeline_state", R"(state="failed")"), "0");
}

TEST_F(MetricsTest, ErrorsAreCountedByStageAndBlame) {
  metrics_.component_error("totals", ErrorStage::write, Blame::external);
  EXPECT_EQ(value("millrace_component_errors_total",
                  std::string(totals) + R"(,error_type="external",stage="write")"),
            "1");
}

TEST_F(MetricsTest, UnknownComponentIsAnInternalError) {
  EXPECT_THROW(metrics_.component_error("nobody", ErrorStage::read, Blame::data), Error);
}

TEST_F(MetricsTest, PluginMetricsGetPrefixAndLabels) {
  using Kind = PluginMetricKind;
  metrics_.plugin_metric("clicks", Kind::counter, "fetches", "Fetches.").record(2);
  metrics_.plugin_metric("clicks", Kind::counter, "fetches", "Fetches.").record(3);
  metrics_.plugin_metric("clicks", Kind::gauge, "queue_records", "Queue.").record(9);
  metrics_.plugin_metric("clicks", Kind::histogram, "fetch_seconds", "Time.").record(0.2);
  EXPECT_EQ(value("millrace_plugin_fetches_total", clicks), "5");
  EXPECT_EQ(value("millrace_plugin_queue_records", clicks), "9");
  EXPECT_EQ(value("millrace_plugin_fetch_seconds_count", clicks), "1");
  EXPECT_THAT(metrics_.expose(), HasSubstr("\n# HELP millrace_plugin_fetches_total Fetches.\n"));
}

TEST_F(MetricsTest, PluginMetricWithABadNameOrAnotherKindIsRefused) {
  using Kind = PluginMetricKind;
  metrics_.plugin_metric("clicks", Kind::counter, "fetches", "");
  EXPECT_THROW(metrics_.plugin_metric("clicks", Kind::gauge, "fetches", ""), Error);
  EXPECT_THROW(metrics_.plugin_metric("clicks", Kind::gauge, "bad name", ""), Error);
  EXPECT_THROW(metrics_.plugin_metric("clicks", Kind::gauge, "", ""), Error);
  EXPECT_THROW(metrics_.plugin_metric("clicks", Kind::gauge, "info", ""), Error);
}

TEST_F(MetricsTest, PluginsCannotMakeMetricsWithoutEnd) {
  const auto many = [this] {
    for (int i = 0; i < 1000; ++i) {
      metrics_.plugin_metric("clicks", PluginMetricKind::gauge, "m" + std::to_string(i), "");
    }
  };
  EXPECT_THROW(many(), Error);
}

TEST_F(MetricsTest, ProcessMetricsAreThere) {
  const std::string text = metrics_.expose();
  for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes",
                           "process_start_time_seconds", "process_open_fds", "process_max_fds"}) {
    EXPECT_THAT(text, HasSubstr("\n" + std::string(name) + " "));
  }
}

}  // namespace
}  // namespace millrace::observe
