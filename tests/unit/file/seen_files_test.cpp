#include "plugins/file/seen_files.hpp"

#include <gtest/gtest.h>

#include "millrace/error.hpp"

namespace millrace::file {
namespace {

TEST(SeenFilesTest, SurvivesAsText) {
  for (const size_t count : {0U, 1U, 2U, 3U, 100U}) {
    SeenFiles seen;
    std::vector<uint64_t> hashes;
    for (size_t i = 0; i < count; ++i) hashes.push_back(SeenFiles::hash_of(std::to_string(i)));
    seen.add(hashes);
    const auto again = SeenFiles::from_text(seen.to_text());
    EXPECT_EQ(again.size(), count);
    for (const auto hash : hashes) EXPECT_TRUE(again.contains(hash));
    EXPECT_FALSE(again.contains(SeenFiles::hash_of("other")));
  }
}

TEST(SeenFilesTest, HashesStayTheSameForEver) {
  EXPECT_EQ(SeenFiles::hash_of("part-0.jsonl"), SeenFiles::hash_of("part-0.jsonl"));
  EXPECT_EQ(SeenFiles::hash_of(""), 0xefd01f60ba992926U);
}

TEST(SeenFilesTest, DamagedTextIsRefused) {
  EXPECT_THROW(SeenFiles::from_text("!"), Error);
  EXPECT_THROW(SeenFiles::from_text("AAAA"), Error);
}

}  // namespace
}  // namespace millrace::file
