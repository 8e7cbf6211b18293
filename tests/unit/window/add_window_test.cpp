#include "plugins/window/add_window.hpp"

#include <gmock/gmock.h>

#include "plugins/window/window_column.hpp"
#include "tests/unit/window/streams.hpp"

namespace millrace::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using window::AddWindow;
using window::AddWindowSettings;

AddWindowSettings windows_of(double size) {
  AddWindowSettings settings;
  settings.size = seconds(size);
  return settings;
}

/// What a stateless transform makes of one batch.
Texts rows_through(const FakeHost& host, Transform& transform, const std::vector<Cells>& rows) {
  struct Taken {
    std::shared_ptr<const Schema> schema;
    Texts texts;
  } taken{std::make_shared<const Schema>(transform.binding().rows), {}};
  const mr_outputs outputs{sizeof(mr_outputs), &taken,
                           [](void* self, int32_t, ArrowArray* array, mr_error*) {
                             auto& to = *static_cast<Taken*>(self);
                             to.texts = texts_of(arrow::import_batch(to.schema, array));
                             return mr_result{MR_OK};
                           },
                           [](void*, int32_t, int64_t) {}};
  transform.open()->process(0, rows_of(host.input(), rows), Outputs(outputs));
  return taken.texts;
}

std::string refusal(const AddWindowSettings& settings, const FakeHost& host,
                    const std::vector<Stream>& inputs) {
  try {
    AddWindow transform(settings, host.context(), inputs);
  } catch (const Error& error) {
    return error.option + ": " + error.what();
  }
  return "accepted";
}

TEST(AddWindow, PutsTheWindowOfEachRowInFrontAndLeavesRowsWithoutATimeOut) {
  FakeHost host(events());
  AddWindow transform(windows_of(10), host.context(), watermarked(host));
  EXPECT_THAT(
      rows_through(host, transform,
                   {{"a", At{12}, 1}, {"b", null, 2}, {"c", At{-1}, 3}, {"d", At{20}, null}}),
      ElementsAre("{10s 20s} a 12s 1", "{-10s 0s} c -1s 3", "{20s 30s} d 20s null"));
}

TEST(AddWindow, RepeatsARowForEachOfItsWindowsTheLatestFirst) {
  FakeHost host(events());
  auto settings = windows_of(10);
  settings.slide = seconds(5);
  AddWindow transform(settings, host.context(), watermarked(host));
  EXPECT_THAT(
      rows_through(host, transform, {{"a", At{12}, 1}, {"b", At{3}, 2}}),
      ElementsAre("{10s 20s} a 12s 1", "{5s 15s} a 12s 1", "{0s 10s} b 3s 2", "{-5s 5s} b 3s 2"));
}

TEST(AddWindow, ShiftsWindowsByTheOffset) {
  FakeHost host(events());
  auto settings = windows_of(10);
  settings.offset = seconds(3);
  AddWindow transform(settings, host.context(), watermarked(host));
  EXPECT_THAT(rows_through(host, transform, {{"a", At{12}, 1}}), ElementsAre("{3s 13s} a 12s 1"));
}

TEST(AddWindow, MakesTheWindowTheEventTimeOnlyIfTheTimeWas) {
  FakeHost host({{{"ts", TypeId::timestamp}, {"other", TypeId::timestamp}}});
  AddWindow over_event_time(windows_of(10), host.context(), {{host.input(), 0}});
  EXPECT_EQ(over_event_time.binding().time_column, 0);
  EXPECT_EQ(over_event_time.binding().time_kind, TimeKind::window);
  auto settings = windows_of(10);
  settings.time = host.columns({"other"}).at(0);
  AddWindow over_another(settings, host.context(), {{host.input(), 0}});
  EXPECT_EQ(over_another.binding().time_column, 1);
  EXPECT_EQ(over_another.binding().time_kind, TimeKind::of_row);
}

TEST(AddWindow, RefusesWhatItCannotDo) {
  FakeHost host(events());
  EXPECT_THAT(refusal(windows_of(10), host, without_watermark(host)),
              HasSubstr("time: the input has no watermark that would name its event time"));
  EXPECT_THAT(refusal(windows_of(0), host, watermarked(host)),
              HasSubstr("size: a window's size must be more than zero"));
  FakeHost twice({{{"ts", TypeId::timestamp}, {"window", TypeId::int64}}});
  EXPECT_THAT(refusal(windows_of(10), twice, {{twice.input(), 0}}),
              HasSubstr("the input has a column `window` already; rename it"));
}

// ---------------------------------------------------------------- what reads windows

Schema windowed_events() { return {{{"window", window::window_type()}, {"value", TypeId::int64}}}; }

TEST(WindowColumn, AsAGroupKeyClosesWhenTheWatermarkReachesItsEnd) {
  FakeHost host(windowed_events());
  window::GroupedAggregation transform(
      grouped<window::GroupingSettings>(host, {"window"},
                                        {host.aggregate("sum", "sum", {"value"})}),
      host.context(), {{host.input(), 0, TimeKind::window}});
  EXPECT_EQ(transform.binding().time_column, 0);
  EXPECT_EQ(transform.binding().time_kind, TimeKind::window);
  Harness run(host, transform, append_mode, 1, 3);
  const Span first{0, 10};
  const Span second_one{10, 20};
  EXPECT_THAT(run.epoch({{first, 1}, {second_one, 2}, {first, 4}, {null, 8}}, 0, 0).on(Port::final),
              IsEmpty());
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 0, 10 * second).on(Port::final),
              ElementsAre("{0s 10s} 5"));
  const auto late = run.epoch({{first, 16}, {second_one, 32}}, 10 * second, 10 * second);
  EXPECT_EQ(late.count(Count::late_dropped), 1);
  EXPECT_EQ(late.count(Count::state_rows), 2);
  run.restart();
  EXPECT_THAT(run.epoch(std::vector<Cells>{}, 10 * second, 20 * second).on(Port::final),
              ElementsAre("{10s 20s} 34"));
}

TEST(WindowColumn, BesideOtherKeysKeepsNullWindowsApartFromNullBounds) {
  FakeHost host({{{"key", TypeId::string}, {"span", window::window_type()}}});
  window::GroupedAggregation transform(
      grouped<window::GroupingSettings>(host, {"key", "span"}, {host.count()}), host.context(),
      without_watermark(host));
  Harness run(host, transform, update_mode, 1, 2);
  EXPECT_THAT(run.epoch({{"a", Span{0, 10}},
                         {"a", null},
                         {null, Span{0, 10}},
                         {"a", Span{0, 10}},
                         {"a", null},
                         {null, null}})
                  .sorted(Port::changed),
              ElementsAre("a null 2", "a {0s 10s} 2", "null null 1", "null {0s 10s} 1"));
}

TEST(WindowColumn, IsATimeForFurtherWindowsOneMicrosecondBeforeItsEnd) {
  FakeHost host(windowed_events());
  window::TumblingWindow transform(tumbling(host, 20, {}, {host.count()}), host.context(),
                                   {{host.input(), 0, TimeKind::window}});
  Harness run(host, transform, append_mode);
  EXPECT_THAT(run.epoch({{Span{0, 10}, 1}, {Span{10, 20}, 2}, {Span{20, 30}, 3}}, 0, 20 * second)
                  .on(Port::final),
              ElementsAre("0s 20s 2"));
}

}  // namespace
}  // namespace millrace::testing
