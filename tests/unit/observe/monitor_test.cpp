#include "core/observe/monitor.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/observe/http_client.hpp"
#include "tests/unit/observe/sample_pipeline.hpp"

namespace millrace::observe {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Json = nlohmann::json;

class StandingClock : public Clock {
 public:
  int64_t now_us() const override { return sample_time_us; }
  int64_t monotonic_ns() const override { return 0; }
  bool wait_until(int64_t, const StopSignal&) override { return true; }
  Woken wait(int64_t, const StopSignal&, WakeSignal&) override { return Woken::deadline; }
};

class MonitorTest : public testing::Test {
 protected:
  MonitorTest() { start_sample(monitor_.metrics()); }

  std::string get_path(const std::string& path) { return get(monitor_.http()->port(), path); }

  StandingClock clock_;
  std::ostringstream json_;
  std::ostringstream errors_;
  Log log_{{.level = LogLevel::info}, errors_};
  Monitor monitor_{sample_pipeline(),
                   {.http = HttpAddress{"127.0.0.1", 0}, .json_progress = &json_},
                   clock_,
                   log_};
};

TEST_F(MonitorTest, ServesMetrics) {
  monitor_.publish(sample_progress());
  const std::string answer = get_path("/metrics");
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(answer, HasSubstr("\nmillrace_epoch_id{pipeline=\"wordcount\"} 7\n"));
  EXPECT_THAT(get_path("/metrics"),
              HasSubstr("\nmillrace_http_requests_total{pipeline=\"wordcount\",code=\"200\","
                        "handler=\"metrics\"} 1\n"));
}

TEST_F(MonitorTest, ProbesFollowTheState) {
  EXPECT_THAT(get_path("/livez"), StartsWith("HTTP/1.1 200 "));
  const std::string starting = get_path("/readyz");
  EXPECT_THAT(starting, StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(Json::parse(body_of(starting)),
            Json({{"status", "unavailable"},
                  {"state", "starting"},
                  {"reasons", Json::array({{{"reason", "the pipeline is starting"}},
                                           {{"reason", "no epoch has been committed yet"}}})}}));
  monitor_.set_state(PipelineState::running);
  monitor_.health().component_waits("clicks", "no broker");
  monitor_.publish(sample_progress());
  EXPECT_EQ(Json::parse(body_of(get_path("/readyz"))).at("reasons"),
            Json::array({{{"component", "clicks"}, {"reason", "no broker"}}}));
  monitor_.health().component_ready("clicks");
  const std::string ready = get_path("/readyz");
  EXPECT_THAT(ready, StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(Json::parse(body_of(ready)), Json({{"status", "ok"}, {"state", "running"}}));
  EXPECT_THAT(get_path("/healthz"), StartsWith("HTTP/1.1 200 "));
  monitor_.epoch_failed("sink `totals`: disk full");
  EXPECT_THAT(get_path("/healthz"), HasSubstr("disk full"));
  EXPECT_THAT(get_path("/livez"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(MonitorTest, ServesTheLastProgress) {
  EXPECT_EQ(Json::parse(body_of(get_path("/api/v1/progress"))), Json::array());
  EpochProgress progress = sample_progress();
  for (progress.epoch = 0; progress.epoch < 5; ++progress.epoch) monitor_.publish(progress);
  const Json all = Json::parse(body_of(get_path("/api/v1/progress")));
  ASSERT_EQ(all.size(), 5U);
  const Json last = Json::parse(body_of(get_path("/api/v1/progress?last=2")));
  ASSERT_EQ(last.size(), 2U);
  EXPECT_EQ(last.at(0).at("batchId"), 3);
  EXPECT_EQ(last.at(1).at("batchId"), 4);
}

TEST_F(MonitorTest, WritesOneJsonLinePerEpoch) {
  monitor_.publish(sample_progress());
  monitor_.publish(sample_progress());
  EXPECT_EQ(json_.str(),
            to_json_line(sample_progress()) + "\n" + to_json_line(sample_progress()) + "\n");
}

TEST_F(MonitorTest, FinishedIsSaidAndShown) {
  monitor_.publish(sample_progress());
  monitor_.finished();
  EXPECT_THAT(errors_.str(), HasSubstr("Finished 200 records"));
  EXPECT_EQ(monitor_.health().state(), PipelineState::finished);
}

TEST_F(MonitorTest, ABusyPortIsAnErrorOnlyWhereItWasAskedFor) {
  MonitorOptions options{.http = HttpAddress{"127.0.0.1", monitor_.http()->port()}};
  EXPECT_THROW(Monitor(sample_pipeline(), options, clock_, log_), Error);
  options.http_required = false;
  const Monitor other(sample_pipeline(), options, clock_, log_);
  EXPECT_EQ(other.http(), nullptr);
  EXPECT_THAT(errors_.str(), HasSubstr("choose another port with observability.listen"));
}

TEST(MonitorWithoutHttp, ServesNothing) {
  StandingClock clock;
  std::ostringstream errors;
  Log log({}, errors);
  const Monitor monitor(sample_pipeline(), {}, clock, log);
  EXPECT_EQ(monitor.http(), nullptr);
}

}  // namespace
}  // namespace millrace::observe
