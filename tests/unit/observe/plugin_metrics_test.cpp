#include "core/observe/plugin_metrics.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/observe/sample_pipeline.hpp"

namespace millrace::observe {
namespace {

using testing::HasSubstr;

class PluginMetricsTest : public testing::Test {
 protected:
  PluginMetricsTest() { start_sample(metrics_); }

  static std::string fetches(const std::string& value) {
    return R"(millrace_plugin_fetches_total{pipeline="wordcount",component_id="clicks",)"
           R"(component_kind="source",component_type="kafka"} )" +
           value + "\n";
  }

  /// Beside millrace_plugin_info, which is not of a plugin.
  bool has_plugin_metrics() const {
    const std::string text = metrics_.expose();
    const std::string type = "# TYPE millrace_plugin_";
    const size_t first = text.find(type);
    return text.find(type, first + 1) != std::string::npos;
  }

  std::ostringstream out_;
  Log log_{{.level = LogLevel::info, .terminal = true}, out_};
  Metrics metrics_{sample_pipeline()};
  PluginMetrics plugins_{log_};
};

TEST_F(PluginMetricsTest, DeclaredBeforeTheMetricsAreThere) {
  const uint64_t number = plugins_.declare("clicks", PluginMetricKind::counter, "fetches", "F.");
  ASSERT_NE(number, 0U);
  plugins_.record(number, 5);
  EXPECT_FALSE(has_plugin_metrics());
  plugins_.attach(metrics_);
  EXPECT_THAT(metrics_.expose(), HasSubstr(fetches("0")));
  plugins_.record(number, 2);
  plugins_.record(number, 1);
  EXPECT_THAT(metrics_.expose(), HasSubstr(fetches("3")));
}

TEST_F(PluginMetricsTest, DeclaredWhileRunning) {
  plugins_.attach(metrics_);
  plugins_.record(plugins_.declare("clicks", PluginMetricKind::counter, "fetches", "F."), 7);
  EXPECT_THAT(metrics_.expose(), HasSubstr(fetches("7")));
}

TEST_F(PluginMetricsTest, SameMetricSameNumber) {
  const uint64_t first = plugins_.declare("clicks", PluginMetricKind::gauge, "queue", "Q.");
  EXPECT_EQ(plugins_.declare("clicks", PluginMetricKind::gauge, "queue", "Q."), first);
  EXPECT_NE(plugins_.declare("totals", PluginMetricKind::gauge, "queue", "Q."), first);
}

TEST_F(PluginMetricsTest, RefusedMetricIsLoggedAndRecordsNothing) {
  const uint64_t number = plugins_.declare("clicks", PluginMetricKind::gauge, "bad name", "");
  plugins_.attach(metrics_);
  EXPECT_THAT(out_.str(), HasSubstr("warning: `bad name` is not a metric name"));
  EXPECT_THAT(out_.str(), HasSubstr("component=clicks"));
  plugins_.record(number, 1);
  EXPECT_FALSE(has_plugin_metrics());
}

TEST_F(PluginMetricsTest, UnknownNumbersAreIgnored) {
  plugins_.attach(metrics_);
  plugins_.record(0, 1);
  plugins_.record(99, 1);
  plugins_.record(1'000'000, 1);
  EXPECT_FALSE(has_plugin_metrics());
}

TEST_F(PluginMetricsTest, DetachedRecordsNothing) {
  plugins_.attach(metrics_);
  const uint64_t number = plugins_.declare("clicks", PluginMetricKind::counter, "fetches", "F.");
  plugins_.record(number, 1);
  plugins_.detach();
  plugins_.record(number, 1);
  EXPECT_THAT(metrics_.expose(), HasSubstr(fetches("1")));
}

TEST_F(PluginMetricsTest, ThereIsALimit) {
  uint64_t number = 1;
  for (int i = 0; number != 0 && i < 10'000; ++i) {
    number = plugins_.declare("clicks", PluginMetricKind::gauge, "m" + std::to_string(i), "");
  }
  EXPECT_EQ(number, 0U);
}

}  // namespace
}  // namespace millrace::observe
