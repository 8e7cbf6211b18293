#include <gmock/gmock.h>

#include "plugins/window/interval_text.hpp"
#include "tests/unit/window/streams.hpp"

namespace millrace::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class Made>
Error refused(std::string_view option, Made&& make) {
  try {
    make();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::user);
    EXPECT_EQ(error.option, option);
    return error;
  }
  ADD_FAILURE() << "nothing was refused about " << option;
  return Error::internal("");
}

Texts columns_of(const Schema& schema) {
  Texts texts;
  for (const auto& field : schema.fields) texts.push_back(field.name + " " + to_string(field.type));
  return texts;
}

class WindowBinding : public ::testing::Test {
 protected:
  FakeHost host{events()};
};

TEST_F(WindowBinding, OutputIsTheWindowThenTheKeysThenTheAggregates) {
  auto settings = tumbling(host, 10, {"key"},
                           {host.count("n"), host.aggregate("mean", "avg", {"value"}),
                            host.aggregate("all", "collect_list", {"value"})});
  window::TumblingWindow transform(settings, host.context(), watermarked(host));
  const auto& binding = transform.binding();
  EXPECT_THAT(columns_of(binding.rows),
              ElementsAre("window_start timestamp", "window_end timestamp", "key string", "n long",
                          "mean double", "all array<long>"));
  EXPECT_EQ(binding.partials[0].name, "hash");
  EXPECT_TRUE(binding.keyed);
  EXPECT_TRUE(binding.uses_watermark);
  EXPECT_EQ(binding.time_column, 1);
  EXPECT_EQ(binding.time_kind, TimeKind::window_end);
  EXPECT_EQ(binding.modes, uint32_t{MR_MODE_APPEND | MR_MODE_UPDATE | MR_MODE_COMPLETE});
  EXPECT_FALSE(binding.keeps_every_group);
}

TEST_F(WindowBinding, AppendNeedsAWatermarkOnTheTimeOfTheWindows) {
  auto settings = tumbling(host, 10, {"key"}, {host.count()});
  window::TumblingWindow without(settings, host.context(), without_watermark(host));
  EXPECT_EQ(without.binding().modes, uint32_t{MR_MODE_UPDATE | MR_MODE_COMPLETE});
  EXPECT_THAT(without.binding().refusals[0], AllOf(HasSubstr("watermark = { column = \"ts\""),
                                                   HasSubstr("output_mode = \"update\"")));
  EXPECT_EQ(without.binding().time_column, -1);
  EXPECT_FALSE(without.binding().uses_watermark);

  settings.time = host.computed("later", TypeId::timestamp,
                                [](const Batch& batch) { return batch.column("ts"); });
  window::TumblingWindow computed(settings, host.context(), watermarked(host));
  EXPECT_EQ(computed.binding().modes, uint32_t{MR_MODE_UPDATE | MR_MODE_COMPLETE});
  EXPECT_THAT(computed.binding().refusals[0], HasSubstr("set time = \"ts\""));
  EXPECT_EQ(computed.binding().time_column, -1);
  EXPECT_TRUE(computed.binding().uses_watermark);

  settings.time = host.column("ts");
  window::TumblingWindow named(settings, host.context(), watermarked(host));
  EXPECT_EQ(named.binding().time_column, 1);
}

TEST_F(WindowBinding, TheOnlyTimestampIsTheTimeAndHiddenOnesDoNotCount) {
  FakeHost several({{{"a", TypeId::timestamp},
                     {"record_time", TypeId::timestamp, true},
                     {"b", TypeId::timestamp}}});
  FakeHost one({{{"record_time", TypeId::timestamp, true}, {"b", TypeId::timestamp}}});
  const auto bind = [](FakeHost& with) {
    const auto settings = tumbling(with, 10, {}, {with.count()});
    window::TumblingWindow transform(settings, with.context(), without_watermark(with));
    Harness run(with, transform, update_mode);
    return run.epoch({{At{0}, At{12}}}).on(Port::changed);
  };
  EXPECT_THAT(refused("time", [&] { bind(several); }).what(),
              AllOf(HasSubstr("`a`"), HasSubstr("`b`"), HasSubstr("set time = ")));
  EXPECT_THAT(bind(one), ElementsAre("10s 20s 1"));
}

TEST_F(WindowBinding, TimeMustBeATimestamp) {
  FakeHost none({{{"key", TypeId::string}}});
  EXPECT_THAT(refused("time",
                      [&] {
                        window::TumblingWindow(tumbling(none, 10, {}, {none.count()}),
                                               none.context(), without_watermark(none));
                      })
                  .what(),
              HasSubstr("no timestamp column"));
  auto settings = tumbling(host, 10, {}, {host.count()});
  settings.time = host.column("key");
  EXPECT_THAT(
      refused("time", [&] { window::TumblingWindow(settings, host.context(), watermarked(host)); })
          .what(),
      AllOf(HasSubstr("this is a string"), HasSubstr("CAST")));
}

TEST_F(WindowBinding, SizesAndSlidesMustMakeSense) {
  const auto slide = [&](double size, double by) {
    return [&, size, by] {
      window::SlidingWindow(sliding(host, size, by, {}, {host.count()}), host.context(),
                            watermarked(host));
    };
  };
  EXPECT_THAT(refused("size", slide(-10, 5)).what(), HasSubstr("more than zero"));
  EXPECT_THAT(refused("size", slide(0, 0)).what(), HasSubstr("more than zero"));
  EXPECT_THAT(refused("slide", slide(10, 0)).what(), HasSubstr("more than zero"));
  EXPECT_THAT(refused("slide", slide(5, 10)).what(), HasSubstr("longer than the window's size"));
  for (const double offset : {5.0, -5.0, 7.0}) {
    auto settings = sliding(host, 10, 5, {}, {host.count()});
    settings.offset = seconds(offset);
    EXPECT_THAT(refused("offset",
                        [&] { window::SlidingWindow(settings, host.context(), watermarked(host)); })
                    .what(),
                HasSubstr("shorter than the time from one window to the next"));
  }
  EXPECT_THAT(refused("size", slide(3e12, 10)).what(), HasSubstr("too long"));
}

TEST_F(WindowBinding, OneNameIsOneColumn) {
  EXPECT_THAT(refused("aggregates.key",
                      [&] {
                        window::TumblingWindow(tumbling(host, 10, {"key"}, {host.count("key")}),
                                               host.context(), watermarked(host));
                      })
                  .what(),
              HasSubstr("two output columns are named `key`"));
  EXPECT_THAT(refused("group_by",
                      [&] {
                        window::TumblingWindow(tumbling(host, 10, {"key", "key"}, {}),
                                               host.context(), watermarked(host));
                      })
                  .what(),
              HasSubstr("`key`"));
}

TEST_F(WindowBinding, SessionsRefuseUpdateAndNeedAKeyAndAGap) {
  window::SessionWindow transform(session(host, 5, {"key"}, {host.count()}), host.context(),
                                  watermarked(host));
  EXPECT_EQ(transform.binding().modes, uint32_t{MR_MODE_APPEND | MR_MODE_COMPLETE});
  EXPECT_THAT(transform.binding().refusals[1],
              AllOf(HasSubstr("session windows do not support update mode"),
                    HasSubstr("output_mode = \"append\"")));
  window::SessionWindow without(session(host, 5, {"key"}, {host.count()}), host.context(),
                                without_watermark(host));
  EXPECT_EQ(without.binding().modes, uint32_t{MR_MODE_COMPLETE});
  EXPECT_THAT(without.binding().refusals[0], HasSubstr("output_mode = \"complete\""));

  const auto make = [&](const window::SessionSettings& settings) {
    return [&] { window::SessionWindow(settings, host.context(), watermarked(host)); };
  };
  EXPECT_THAT(refused("group_by", make(session(host, 5, {}, {host.count()}))).what(),
              HasSubstr("at least one key"));
  auto settings = session(host, 0, {"key"}, {host.count()});
  EXPECT_THAT(refused("gap", make(settings)).what(), HasSubstr("more than zero"));
  settings.gap.reset();
  EXPECT_THAT(refused("gap", make(settings)).what(), HasSubstr("gap = \"5 minutes\""));
  settings.gap_expression = host.column("value");
  EXPECT_THAT(refused("gap_expression", make(settings)).what(), HasSubstr("this is a long"));
  settings.gap = seconds(5);
  EXPECT_THAT(refused("gap_expression", make(settings)).what(), HasSubstr("not both"));
}

TEST_F(WindowBinding, GroupsWithoutTheEventTimeRefuseAppend) {
  const auto bind = [&](const std::vector<std::string>& keys, bool watermark) {
    return window::GroupedAggregation(grouped<window::GroupingSettings>(host, keys, {host.count()}),
                                      host.context(),
                                      watermark ? watermarked(host) : without_watermark(host))
        .binding();
  };
  EXPECT_EQ(bind({"key", "ts"}, true).modes & MR_MODE_APPEND, uint32_t{MR_MODE_APPEND});
  EXPECT_THAT(bind({"key"}, true).refusals[0], HasSubstr("add `ts` to group_by"));
  EXPECT_THAT(bind({"key", "ts"}, false).refusals[0], HasSubstr("no watermark"));
  EXPECT_EQ(bind({"key"}, true).modes, uint32_t{MR_MODE_UPDATE | MR_MODE_COMPLETE});
  EXPECT_THAT(refused("aggregates",
                      [&] { window::GroupedAggregation({}, host.context(), watermarked(host)); })
                  .what(),
              HasSubstr("needs `group_by`, `aggregates` or both"));
}

TEST(IntervalText, IsAListOfNumbersWithUnits) {
  using window::parse_interval;
  EXPECT_EQ(parse_interval("20 seconds"), 20 * second);
  EXPECT_EQ(parse_interval(" interval 1 minute 30.5 seconds "), 90'500'000);
  EXPECT_EQ(parse_interval("-3 Seconds"), -3 * second);
  EXPECT_EQ(parse_interval("2 hours -30 minutes"), 5400 * second);
  EXPECT_EQ(parse_interval("5ms"), 5000);
  EXPECT_EQ(parse_interval("1 week 1 day"), 8 * 86400 * second);
  for (const char* text : {"", "interval", "soon", "5", "seconds", "1 month", "1 fortnight",
                           "1..5 seconds", "99999999999999 days"})
    EXPECT_EQ(parse_interval(text), std::nullopt) << text;
}

}  // namespace
}  // namespace millrace::testing
