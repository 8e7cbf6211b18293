#include "plugins/kafka/decisions.hpp"

#include <gtest/gtest.h>

namespace millrace::kafka {
namespace {

TEST(Decisions, ComeBackFromTheirText) {
  for (const Decision& decision :
       {Decision{-1, "", "run"}, Decision{0, "00ff", "run"}, Decision{1234567890123, "ab", "r-u"}})
    EXPECT_EQ(parse_decision(to_text(decision)), decision);
  EXPECT_EQ(to_text({41, "9f", "3b2a"}), "mr1;e=41;m=9f;i=3b2a");
}

TEST(Decisions, MayHaveFieldsOfALaterVersion) {
  EXPECT_EQ(parse_decision("mr1;x=1;e=3;m=aa;i=r;y=;z"), (Decision{3, "aa", "r"}));
}

TEST(Decisions, AreNothingElse) {
  for (const char* text :
       {"", "mr1;", "mr2;e=3;m=aa;i=r", "e=3;m=aa;i=r", "mr1;e=;m=aa;i=r", "mr1;e=3x;m=aa;i=r",
        "mr1;e=3;m=;i=r", "mr1;e=3;i=r", "mr1;e=-2;m=aa;i=r", "mr1;e=3;m=aa",
        "mr1;e=99999999999999999999;m=aa;i=r", "mr1;e=-1;m=aa;i=r", "mr1;;;;"})
    EXPECT_FALSE(parse_decision(text)) << text;
}

std::string metadata(const rd_kafka_topic_partition_t& each) {
  return {static_cast<const char*>(each.metadata), each.metadata_size};
}

TEST(Decisions, AreCommittedAtEveryTopicWithThePositionsOfSources) {
  const Offsets positions{{"both", {{0, 70}, {1, 71}}}, {"in", {{0, 5}}}};
  const auto list = to_list({3, "aa", "r"}, {"out", "both", "out"}, positions);
  ASSERT_EQ(list->cnt, 4);
  const auto* out = rd_kafka_topic_partition_list_find(list.get(), "out", 0);
  EXPECT_EQ(out->offset, 4) << "the next epoch";
  EXPECT_EQ(metadata(*out), "mr1;e=3;m=aa;i=r");
  const auto* both = rd_kafka_topic_partition_list_find(list.get(), "both", 0);
  EXPECT_EQ(both->offset, 70) << "a position of a source";
  EXPECT_EQ(metadata(*both), "mr1;e=3;m=aa;i=r");
  EXPECT_EQ(rd_kafka_topic_partition_list_find(list.get(), "in", 0)->metadata, nullptr);
  EXPECT_EQ(rd_kafka_topic_partition_list_find(list.get(), "both", 1)->offset, 71);
}

}  // namespace
}  // namespace millrace::kafka
