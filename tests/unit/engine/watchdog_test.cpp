#include "core/engine/watchdog.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/engine/services.hpp"
#include "core/system/manual_clock.hpp"

namespace millrace {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int64_t second = 1'000'000;

class WatchdogTest : public testing::Test {
 protected:
  WatchdogTest() {
    monitor_.metrics().component({"totals", observe::ComponentKind::sink, "slow"});
    parts_.host = std::make_shared<ComponentHost>(services_, "test", "totals", HostMeaning{});
  }

  void look_after(int64_t microseconds) {
    clock_.advance(microseconds);
    watchdog_.look();
  }

  std::vector<std::string> unhealthy() {
    std::vector<std::string> reasons;
    for (const auto& each : monitor_.health().healthy(clock_.now_us()).reasons)
      reasons.push_back(each.component + ": " + each.reason);
    return reasons;
  }

  ManualClock clock_{0};
  StopSignal stop_;
  std::ostringstream text_;
  observe::Log log_{{.level = observe::LogLevel::info}, text_};
  EngineServices services_{clock_, stop_, log_};
  observe::Monitor monitor_{{"test", "id", "run", "default", "hash", {}}, {}, clock_, log_};
  Watchdog watchdog_{clock_, stop_, monitor_, 60 * second};
  ComponentParts parts_;
};

TEST_F(WatchdogTest, NamesThePluginAndTheFunctionThatDoesNotComeBack) {
  const PluginCall call(parts_, "write");
  watchdog_.look();
  look_after(59 * second);
  EXPECT_THAT(text_.str(), IsEmpty());
  EXPECT_THAT(unhealthy(), IsEmpty());
  look_after(second);
  EXPECT_THAT(text_.str(), HasSubstr("does not come back"));
  EXPECT_THAT(text_.str(), HasSubstr("write()"));
  EXPECT_THAT(text_.str(), HasSubstr("totals"));
  EXPECT_THAT(unhealthy(), testing::ElementsAre("totals: its plugin has been in write() for 60 s"));
  EXPECT_THAT(monitor_.metrics().expose(),
              testing::ContainsRegex("millrace_component_stuck_seconds\\{.*totals.*\\} 60\n"));
}

TEST_F(WatchdogTest, TellsAgainEachTimeTheWaitHasDoubled) {
  const PluginCall call(parts_, "write");
  watchdog_.look();
  look_after(60 * second);
  text_.str("");
  look_after(59 * second);
  EXPECT_THAT(text_.str(), IsEmpty());
  look_after(second);
  EXPECT_THAT(text_.str(), HasSubstr("2 minutes"));
}

TEST_F(WatchdogTest, TellsWhenItCameBack) {
  {
    const PluginCall call(parts_, "commit");
    watchdog_.look();
    look_after(60 * second);
  }
  look_after(10 * second);
  EXPECT_THAT(text_.str(), HasSubstr("the plugin came back"));
  EXPECT_THAT(unhealthy(), IsEmpty());
  EXPECT_THAT(monitor_.metrics().expose(),
              testing::ContainsRegex("millrace_component_stuck_seconds\\{.*totals.*\\} 0\n"));
}

TEST_F(WatchdogTest, TakesManyShortCallsForNoLongOne) {
  for (int i = 0; i < 100; ++i) {
    const PluginCall call(parts_, "write");
    look_after(10 * second);
  }
  EXPECT_THAT(text_.str(), IsEmpty());
}

TEST_F(WatchdogTest, NamesTheInnermostOfNestedCalls) {
  ComponentParts inner;
  inner.host = std::make_shared<ComponentHost>(services_, "test", "inner", HostMeaning{});
  const PluginCall call(parts_, "process");
  {
    const PluginCall nested(inner, "write");
    watchdog_.look();
    look_after(60 * second);
    EXPECT_THAT(text_.str(), HasSubstr("inner"));
    EXPECT_THAT(text_.str(), Not(HasSubstr("totals")));
  }
  ASSERT_EQ(calls_in_progress().size(), 1U);
  EXPECT_EQ(calls_in_progress()[0].component, "totals");
  EXPECT_EQ(calls_in_progress()[0].function, "process");
}

TEST_F(WatchdogTest, IsLessPatientWhileThePipelineStops) {
  const PluginCall call(parts_, "close");
  watchdog_.look();
  stop_.request();
  look_after(5 * second);
  EXPECT_THAT(text_.str(), HasSubstr("does not come back"));
}

}  // namespace
}  // namespace millrace
