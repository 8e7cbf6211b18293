#include "core/observe/epoch_progress.hpp"

#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/observe/sample_pipeline.hpp"

namespace millrace::observe {
namespace {

using Json = nlohmann::json;

TEST(EpochProgressJson, HasTheFieldsOfSparksProgress) {
  const std::string line = to_json_line(sample_progress());
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const Json json = Json::parse(line);
  EXPECT_EQ(json.at("id"), "pipeline-id");
  EXPECT_EQ(json.at("runId"), "run-id");
  EXPECT_EQ(json.at("name"), "wordcount");
  EXPECT_EQ(json.at("timestamp"), "2026-11-22T12:40:31.250Z");
  EXPECT_EQ(json.at("batchId"), 7);
  EXPECT_EQ(json.at("batchDuration"), 500);
  EXPECT_EQ(json.at("numInputRows"), 200);
  EXPECT_EQ(json.at("inputRowsPerSecond"), 100.0);
  EXPECT_EQ(json.at("processedRowsPerSecond"), 400.0);
  EXPECT_EQ(json.at("durationMs"), Json({{"addBatch", 400},
                                         {"commitOffsets", 7},
                                         {"getBatch", 2},
                                         {"latestOffset", 1},
                                         {"queryPlanning", 3},
                                         {"sinkCommit", 6},
                                         {"stateCommit", 5},
                                         {"triggerExecution", 500},
                                         {"walCommit", 4}}));
  EXPECT_EQ(json.at("eventTime"), Json({{"avg", "2026-11-22T12:40:01.250Z"},
                                        {"max", "2026-11-22T12:40:31.250Z"},
                                        {"min", "2026-11-22T12:39:31.250Z"},
                                        {"watermark", "2026-11-22T12:30:31.250Z"}}));
  EXPECT_EQ(json.at("trigger"), "processing_time");
  EXPECT_EQ(json.at("isNoData"), false);
  EXPECT_EQ(json.at("numRounds"), 1);
}

TEST(EpochProgressJson, StateOperators) {
  const Json state = Json::parse(to_json_line(sample_progress())).at("stateOperators").at(0);
  EXPECT_EQ(state, Json({{"component", "counts"},
                         {"operatorName", "sliding_window"},
                         {"numRowsTotal", 50},
                         {"numRowsUpdated", 20},
                         {"allUpdatesTimeMs", 8},
                         {"numRowsRemoved", 5},
                         {"allRemovalsTimeMs", 9},
                         {"commitTimeMs", 10},
                         {"memoryUsedBytes", 4096},
                         {"numRowsDroppedByWatermark", 3},
                         {"numLateRows", 4},
                         {"numLateGroups", 2},
                         {"numShufflePartitions", 16},
                         {"numStateStoreInstances", 16}}));
}

TEST(EpochProgressJson, SourcesEmbedTheirOffsetsAsJson) {
  const Json source = Json::parse(to_json_line(sample_progress())).at("sources").at(0);
  EXPECT_EQ(source.at("component"), "clicks");
  EXPECT_EQ(source.at("description"), "kafka[clicks]");
  EXPECT_EQ(source.at("startOffset").at("clicks").at("0"), 100);
  EXPECT_EQ(source.at("endOffset").at("clicks").at("0"), 300);
  EXPECT_EQ(source.at("latestOffset").at("clicks").at("0"), 350);
  EXPECT_EQ(source.at("numInputRows"), 200);
  EXPECT_EQ(source.at("inputRowsPerSecond"), 100.0);
  EXPECT_EQ(source.at("numDeadLetterRows"), 2);
  EXPECT_EQ(source.at("partitions").at(0).at("committedOffset"), 300);
  EXPECT_EQ(source.at("partitions").at(0).at("idle"), false);
}

TEST(EpochProgressJson, RatesOfASourceAreItsShare) {
  EpochProgress progress = sample_progress();
  progress.sources.push_back(progress.sources.front());
  progress.sources.back().num_input_rows = 50;
  progress.sources.front().num_input_rows = 150;
  const Json sources = Json::parse(to_json_line(progress)).at("sources");
  EXPECT_EQ(sources.at(0).at("inputRowsPerSecond"), 75.0);
  EXPECT_EQ(sources.at(1).at("inputRowsPerSecond"), 25.0);
  EXPECT_EQ(sources.at(1).at("processedRowsPerSecond"), 100.0);
}

TEST(EpochProgressJson, SinkSumsAndSinksHasEach) {
  EpochProgress progress = sample_progress();
  progress.sinks.push_back({.component = "screen", .description = "kafka", .num_output_rows = 3});
  const Json json = Json::parse(to_json_line(progress));
  EXPECT_EQ(json.at("sink"), Json({{"description", "console, kafka"}, {"numOutputRows", 15}}));
  EXPECT_EQ(json.at("sinks").at(0).at("component"), "totals");
  EXPECT_EQ(json.at("sinks").at(1).at("numOutputRows"), 3);
}

TEST(EpochProgressJson, WhatIsNotKnownIsNull) {
  EpochProgress progress;
  progress.processed_rows_per_second = std::numeric_limits<double>::infinity();
  progress.sources.emplace_back();
  const Json json = Json::parse(to_json_line(progress));
  EXPECT_TRUE(json.at("eventTime").at("watermark").is_null());
  EXPECT_TRUE(json.at("inputRowsPerSecond").is_null());
  EXPECT_TRUE(json.at("processedRowsPerSecond").is_null());
  EXPECT_TRUE(json.at("sources").at(0).at("startOffset").is_null());
  EXPECT_TRUE(json.at("sink").is_null());
  EXPECT_EQ(json.at("stateOperators"), Json::array());
}

TEST(EpochProgressJson, BadTextDoesNotBreakTheLine) {
  EpochProgress progress = sample_progress();
  progress.name = "caf\xe9\n\"";
  progress.sources.front().end_offset = "{broken";
  const Json json = Json::parse(to_json_line(progress));
  EXPECT_EQ(json.at("name"), "caf\xef\xbf\xbd\n\"");
  EXPECT_EQ(json.at("sources").at(0).at("endOffset"), "{broken");
}

}  // namespace
}  // namespace millrace::observe
