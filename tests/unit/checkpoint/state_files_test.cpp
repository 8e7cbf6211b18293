#include "core/checkpoint/state_files.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/system/memory_file_system.hpp"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

class StateFilesTest : public testing::Test {
 protected:
  StateFilesTest() { files_.make_directories("/state"); }

  StateFileWriter writer(std::uint64_t epoch, StateFileKind kind) {
    return {files_, "/state", writer_, epoch, kind};
  }

  std::vector<std::string> load(const std::vector<StateFile>& chain, const std::string& component,
                                std::uint32_t shard) {
    std::vector<std::string> records;
    StateChain(files_, "/state", writer_.job, chain)
        .load(component, shard, [&](std::string_view record) { records.emplace_back(record); });
    return records;
  }

  MemoryFileSystem files_;
  const WriterIdentity writer_{{1}, {2}};
};

TEST_F(StateFilesTest, GivesEachShardItsRecordsOldestFirst) {
  auto base = writer(0, StateFileKind::snapshot);
  base.begin("counts", 0);
  base.append("a");
  base.append("b");
  base.begin("counts", 1);
  base.append("c");
  base.begin("other", 0);
  base.append("");
  auto delta = writer(1, StateFileKind::delta);
  delta.begin("counts", 0);
  delta.append(std::string(3 * mebibyte, 'd'));
  delta.begin("counts", 7);  // nothing appended: no section
  delta.begin("other", 0);
  delta.append("e");
  const std::vector<StateFile> chain{*base.finish(), *delta.finish()};
  EXPECT_THAT(load(chain, "counts", 0), ElementsAre("a", "b", std::string(3 * mebibyte, 'd')));
  EXPECT_THAT(load(chain, "counts", 1), ElementsAre("c"));
  EXPECT_THAT(load(chain, "other", 0), ElementsAre("", "e"));
  EXPECT_THAT(load(chain, "counts", 7), IsEmpty());
  EXPECT_THAT(load(chain, "missing", 0), IsEmpty());
}

TEST_F(StateFilesTest, JoinsASectionThatWasBegunTwice) {
  auto base = writer(0, StateFileKind::snapshot);
  for (const char* record : {"1", "2"}) {
    base.begin("counts", 0);
    base.append(record);
    base.begin("counts", 1);
    base.append("x");
  }
  EXPECT_THAT(load({*base.finish()}, "counts", 0), ElementsAre("1", "2"));
}

TEST_F(StateFilesTest, WritesNoFileWhenNothingChanged) {
  auto delta = writer(0, StateFileKind::delta);
  delta.begin("counts", 0);
  EXPECT_FALSE(delta.finish().has_value());
  EXPECT_THAT(files_.list("/state"), IsEmpty());
}

TEST_F(StateFilesTest, LeavesNothingBehindWhenItIsDropped) {
  {
    auto delta = writer(0, StateFileKind::delta);
    delta.begin("counts", 0);
    delta.append("x");
    EXPECT_EQ(files_.list("/state").size(), 1u);
  }
  EXPECT_THAT(files_.list("/state"), IsEmpty());
}

TEST_F(StateFilesTest, RefusesAFileThatIsNotTheCommittedOne) {
  auto base = writer(0, StateFileKind::snapshot);
  base.begin("counts", 0);
  base.append("a");
  const StateFile file = *base.finish();
  const auto refuses = [&](const StateFile& committed, const Uuid& job) {
    try {
      StateChain(files_, "/state", job, {committed});
    } catch (const CheckpointError& error) {
      EXPECT_THAT(error.what(), HasSubstr(committed.name));
      return true;
    }
    return false;
  };
  EXPECT_FALSE(refuses(file, writer_.job));
  EXPECT_TRUE(refuses(file, {9}));
  StateFile other = file;
  other.hash[0] = other.hash[0] == '0' ? '1' : '0';
  EXPECT_TRUE(refuses(other, writer_.job));
  other = file;
  other.epoch = 1;
  EXPECT_TRUE(refuses(other, writer_.job));
  other = file;
  other.name = "../" + file.name;
  EXPECT_TRUE(refuses(other, writer_.job));
  files_.remove("/state/" + file.name);
  EXPECT_TRUE(refuses(file, writer_.job));
}

StateFile sized(StateFileKind kind, std::uint64_t payload) { return {"", kind, 0, 0, payload, ""}; }

TEST(NeedsSnapshot, IsTrueWhenThereIsNothingToChange) { EXPECT_TRUE(needs_snapshot({})); }

TEST(NeedsSnapshot, IsTrueWhenDeltasExceedHalfOfALargeSnapshot) {
  std::vector<StateFile> chain{sized(StateFileKind::snapshot, 10 * mebibyte)};
  EXPECT_FALSE(needs_snapshot(chain));
  chain.push_back(sized(StateFileKind::delta, 5 * mebibyte));
  EXPECT_FALSE(needs_snapshot(chain));
  chain.push_back(sized(StateFileKind::delta, 1));
  EXPECT_TRUE(needs_snapshot(chain));
}

TEST(NeedsSnapshot, LeavesASmallStateAloneUntilItHasManyDeltas) {
  std::vector<StateFile> chain{sized(StateFileKind::snapshot, 10)};
  for (int i = 0; i < 63; ++i) {
    chain.push_back(sized(StateFileKind::delta, 100));
    ASSERT_FALSE(needs_snapshot(chain));
  }
  chain.push_back(sized(StateFileKind::delta, 100));
  EXPECT_TRUE(needs_snapshot(chain));
}

TEST(NeedsSnapshot, BeginsANewChainWithASnapshot) {
  const StateFile base = sized(StateFileKind::snapshot, 1);
  const StateFile delta = sized(StateFileKind::delta, 1);
  EXPECT_EQ(extend({base, delta}, delta).size(), 3u);
  EXPECT_EQ(extend({base, delta}, base).size(), 1u);
}

}  // namespace
}  // namespace millrace
