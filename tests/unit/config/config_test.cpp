#include "core/config/config.hpp"

#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millrace {
namespace {

using testing::ElementsAre;

std::optional<std::string> no_variables(std::string_view) { return std::nullopt; }

Config load(const std::string& text, const std::string& name = "dir/page-counts.toml") {
  Diagnostics diagnostics(SourceFile(name, text));
  std::optional<Config> config = load_config(no_variables, diagnostics);
  std::ostringstream out;
  diagnostics.render(out);
  EXPECT_TRUE(diagnostics.empty()) << out.str();
  return config.value();
}

constexpr const char* whole = R"(
name = "views"
checkpoint = "/var/lib/millrace/page-counts"
trigger = { processing_time = "2 seconds" }
threads = 4
shards = 32
plugin_path = ["a", "b"]
state_store = { type = "memory", snapshot_every = 64 }
ansi = false
session_time_zone = "Europe/Berlin"
watermark_policy = "max"
no_data_epochs = false
move_filters = true
retain_epochs = 5
startup_timeout = "5 minutes"
stuck_after = "2 minutes"
crash_limit = 5
memory_limit = "2 GiB"
observability = { listen = "off" }

[sources.views]
type = "kafka"
bootstrap_servers = "localhost:9092"
format = { type = "json", mode = "permissive" }
schema = { key = "string", timestamp = "timestamp", values = "array<double>" }
watermark = { column = "timestamp", delay = "1 month", idle_after = "30 s", across = "max" }
on_error = "dead_letter"

[transforms.counts]
type = "sliding_window"
inputs = ["views"]
size = "10 minutes"

[sinks.screen]
type = "console"
inputs = ["counts"]
output_mode = "update"

[sinks.totals]
type = "kafka"
inputs = ["counts", "counts.late"]
format = "json"
delivery = "exactly_once"
topic = "page-counts"

[sinks.rejects]
type = "file"
inputs = ["views.dead_letter"]
)";

TEST(Config, ReadsThePipelinesOwnKeys) {
  const Config config = load(whole);
  EXPECT_EQ(config.name, "views");
  EXPECT_EQ(config.checkpoint->value, "/var/lib/millrace/page-counts");
  EXPECT_EQ(config.trigger.kind, TriggerKind::processing_time);
  EXPECT_EQ(config.trigger.interval_us, 2'000'000);
  EXPECT_EQ(config.threads.value, 4);
  EXPECT_EQ(config.shards.value, 32);
  EXPECT_THAT(config.plugin_path, ElementsAre("a", "b"));
  EXPECT_EQ(config.state_store.type.value, "memory");
  EXPECT_THAT(config.state_store.options.as_table()->keys(), ElementsAre("snapshot_every"));
  EXPECT_FALSE(config.ansi);
  EXPECT_EQ(config.session_time_zone.value, "Europe/Berlin");
  EXPECT_EQ(config.watermark_policy, WatermarkPolicy::max);
  EXPECT_FALSE(config.no_data_epochs);
  EXPECT_TRUE(config.move_filters);
  EXPECT_EQ(config.retain_epochs, 5);
  EXPECT_EQ(config.startup_timeout_us, 300'000'000);
  EXPECT_EQ(config.stuck_after_us, 120'000'000);
  EXPECT_EQ(config.crash_limit, 5);
  EXPECT_EQ(config.memory_limit, int64_t{2} << 30);
  EXPECT_EQ(config.listen.value, "off");
}

TEST(Config, HasDefaults) {
  const Config config =
      load("[sources.a]\ntype = \"rate\"\n[sinks.b]\ntype = \"console\"\ninputs = [\"a\"]\n");
  EXPECT_EQ(config.name, "page-counts");
  EXPECT_FALSE(config.checkpoint);
  EXPECT_EQ(config.trigger.kind, TriggerKind::default_);
  EXPECT_EQ(config.threads.value, 0);
  EXPECT_EQ(config.shards.value, 16);
  EXPECT_EQ(config.state_store.type.value, "memory");
  EXPECT_EQ(config.listen.value, "127.0.0.1:9464");
  EXPECT_TRUE(config.ansi);
  EXPECT_EQ(config.session_time_zone.value, "UTC");
  EXPECT_EQ(config.watermark_policy, WatermarkPolicy::min);
  EXPECT_TRUE(config.no_data_epochs);
  EXPECT_FALSE(config.move_filters);
  EXPECT_EQ(config.retain_epochs, 100);
  EXPECT_EQ(config.startup_timeout_us, 60'000'000);
  EXPECT_EQ(config.components[1].output_mode.value, OutputMode::append);
  EXPECT_FALSE(config.components[1].output_mode.span.known());
  EXPECT_EQ(config.components[0].on_error.value, OnError::fail);
}

TEST(Config, ReadsComponentsInTheOrderOfTheFile) {
  const Config config = load(whole);
  std::vector<std::string> names;
  for (const Component& one : config.components) names.push_back(one.name);
  EXPECT_THAT(names, ElementsAre("views", "counts", "screen", "totals", "rejects"));
  EXPECT_EQ(config.find("totals"), &config.components[3]);
  EXPECT_EQ(config.find("nothing"), nullptr);
}

TEST(Config, SplitsTheEnginesKeysFromThePlugins) {
  const Config config = load(whole);
  const Component& views = *config.find("views");
  EXPECT_EQ(views.title(), "source `views` (type `kafka`)");
  EXPECT_THAT(views.options.as_table()->keys(), ElementsAre("bootstrap_servers"));
  EXPECT_EQ(views.format->type.value, "json");
  EXPECT_THAT(views.format->options.as_table()->keys(), ElementsAre("mode"));
  ASSERT_EQ(views.schema->size(), 3U);
  EXPECT_EQ((*views.schema)[2].name, "values");
  EXPECT_EQ((*views.schema)[2].type.text, "array<double>");
  EXPECT_EQ(views.watermark->column.value, "timestamp");
  EXPECT_EQ(views.watermark->delay_us.value, 31LL * 86'400'000'000);
  EXPECT_EQ(views.watermark->idle_after_us, 30'000'000);
  EXPECT_EQ(views.watermark->max_ahead_us, std::nullopt);
  EXPECT_EQ(views.watermark->across, WatermarkPolicy::max);
  EXPECT_EQ(views.on_error.value, OnError::dead_letter);
  const Component& totals = *config.find("totals");
  EXPECT_EQ(totals.format->type.value, "json");
  EXPECT_EQ(totals.delivery.value, Delivery::exactly_once);
  EXPECT_THAT(totals.options.as_table()->keys(), ElementsAre("topic"));
  EXPECT_EQ(config.find("screen")->output_mode.value, OutputMode::update);
}

TEST(Config, ResolvesInputsToEdges) {
  const Config config = load(whole);
  const Component& totals = *config.find("totals");
  ASSERT_EQ(totals.edges.size(), 2U);
  EXPECT_EQ(totals.edges[0].component, 1U);
  EXPECT_EQ(totals.edges[0].output, "");
  EXPECT_EQ(totals.edges[1].component, 1U);
  EXPECT_EQ(totals.edges[1].output, "late");
  EXPECT_EQ(config.find("rejects")->edges[0].output, "dead_letter");
}

TEST(Config, ExpandsWildcardsToSourcesAndTransforms) {
  const Config config = load(R"(
[sources.app-one]
type = "rate"
[sources.app-two]
type = "rate"
[sources.web]
type = "rate"
[transforms.app-all]
type = "union"
inputs = ["app-*", "web", "*e*"]
[sinks.app-out]
type = "console"
inputs = ["app-all"]
)");
  const Component& all = *config.find("app-all");
  std::vector<std::size_t> read;
  for (const Edge& edge : all.edges) read.push_back(edge.component);
  EXPECT_THAT(read, ElementsAre(0U, 1U, 2U));
}

TEST(Config, ReadsEveryTrigger) {
  const std::string rest =
      "\n[sources.a]\ntype = \"rate\"\n[sinks.b]\ntype = \"console\"\ninputs = [\"a\"]\n";
  const auto kind = [&](const std::string& text) {
    return load("trigger = " + text + rest).trigger.kind;
  };
  EXPECT_EQ(kind("\"default\""), TriggerKind::default_);
  EXPECT_EQ(kind("\"once\""), TriggerKind::once);
  EXPECT_EQ(kind("\"available_now\""), TriggerKind::available_now);
  EXPECT_EQ(kind("{ processing_time = \"0 seconds\" }"), TriggerKind::processing_time);
  EXPECT_EQ(kind("{ continuous = \"1 second\" }"), TriggerKind::continuous);
  EXPECT_EQ(name_of(TriggerKind::available_now), "available_now");
}

TEST(Config, TakesSparksWordForTheCheckpoint) {
  const Config config = load(
      "checkpoint_location = \"x\"\n[sources.a]\ntype = \"rate\"\n[sinks.b]\ntype = \"console\"\n"
      "inputs = [\"a\"]\n");
  EXPECT_EQ(config.checkpoint->value, "x");
}

TEST(Config, KnowsItsOwnKeys) {
  // A key that is read must also be in the list that misplaced keys are looked up in.
  Diagnostics diagnostics(SourceFile("a.toml", "nothing = 1\n"));
  load_config(no_variables, diagnostics);
  const std::string note = diagnostics.sorted().front()->notes.front();
  for (const std::string& key : pipeline_keys()) {
    EXPECT_NE(note.find('`' + key + '`'), std::string::npos) << key;
  }
}

}  // namespace
}  // namespace millrace
