#include "core/checkpoint/state_files.hpp"

#include <algorithm>
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

  // What becomes of changes of counts, shard 1, where so many bytes may be in the commit record.
  StateFile in_record(const std::vector<StateFile>& chain, std::uint64_t epoch,
                      const std::vector<std::string>& records, std::uint32_t bytes_max) {
    auto delta = writer(epoch, StateFileKind::delta);
    delta.stay_in_record(chain, bytes_max);
    delta.begin("counts", 1);
    for (const std::string& record : records) delta.append(record);
    return delta.finish().value();
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

TEST_F(StateFilesTest, FewChangesStayInTheRecord) {
  const auto kept = in_record({}, 1, {"abc", "", "de"}, 1000);
  EXPECT_TRUE(kept.in_record());
  EXPECT_EQ(kept.name, "");
  EXPECT_EQ(kept.kind, StateFileKind::delta);
  EXPECT_EQ(kept.epoch, 1u);
  EXPECT_EQ(kept.size, kept.content.size());
  EXPECT_EQ(kept.payload, 5u);
  EXPECT_THAT(files_.list("/state"), IsEmpty());
  EXPECT_THAT(load({kept}, "counts", 1), ElementsAre("abc", "", "de"));
  EXPECT_THAT(load({kept}, "counts", 0), IsEmpty());
}

TEST_F(StateFilesTest, ChangesInTheRecordComeAfterThoseOfEarlierEpochs) {
  auto base = writer(0, StateFileKind::snapshot);
  base.begin("counts", 1);
  base.append("base");
  auto chain = extend({}, *base.finish());
  for (std::uint64_t epoch = 1; epoch < 4; ++epoch)
    chain = extend(chain, in_record(chain, epoch, {std::to_string(epoch), "x"}, 1000));
  ASSERT_EQ(chain.size(), 2u);
  EXPECT_EQ(chain[1].epoch, 3u);
  EXPECT_EQ(chain[1].payload, 6u);
  EXPECT_EQ(files_.list("/state").size(), 1u);
  EXPECT_THAT(load(chain, "counts", 1), ElementsAre("base", "1", "x", "2", "x", "3", "x"));
}

TEST_F(StateFilesTest, TooManyChangesGoIntoOneFileWithThoseThatWereInTheRecord) {
  std::vector<StateFile> chain = extend({}, in_record({}, 1, {"a", "b"}, 1000));
  chain = extend(chain, in_record(chain, 2, {"c"}, 1000));
  const auto bytes = static_cast<std::uint32_t>(chain[0].size);
  const auto file = in_record(chain, 3, {"d", std::string(mebibyte, 'e')}, bytes + 30);
  EXPECT_FALSE(file.in_record());
  EXPECT_EQ(file.epoch, 3u);
  EXPECT_EQ(file.payload, 4 + mebibyte);
  chain = extend(chain, file);
  EXPECT_EQ(chain.size(), 1u);
  EXPECT_EQ(files_.list("/state").size(), 1u);
  EXPECT_THAT(load(chain, "counts", 1),
              ElementsAre("a", "b", "c", "d", std::string(mebibyte, 'e')));
}

TEST_F(StateFilesTest, ChangesInTheRecordTakeAtMostWhatTheyMay) {
  const auto bytes = static_cast<std::uint32_t>(in_record({}, 1, {"a", "b"}, 1000).size);
  EXPECT_TRUE(in_record({}, 2, {"a", "b"}, bytes).in_record());
  EXPECT_FALSE(in_record({}, 3, {"a", "b"}, bytes - 1).in_record());
}

TEST_F(StateFilesTest, ChangesThatMayNotBeInTheRecordAnyMoreGetAFile) {
  const std::vector<StateFile> chain = extend({}, in_record({}, 1, {"a"}, 1000));
  auto none = writer(2, StateFileKind::delta);
  none.stay_in_record(chain, 0);
  const auto file = none.finish();
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->in_record());
  EXPECT_THAT(load(extend(chain, *file), "counts", 1), ElementsAre("a"));
}

TEST_F(StateFilesTest, KeepsTheRecordAsItIsWhenNothingChanged) {
  const std::vector<StateFile> chain = extend({}, in_record({}, 1, {"a"}, 1000));
  auto none = writer(2, StateFileKind::delta);
  none.stay_in_record(chain, 1000);
  EXPECT_FALSE(none.finish());
}

TEST_F(StateFilesTest, RefusesChangesInTheRecordThatAreCutOff) {
  const auto good = in_record({}, 1, {"abc", "de"}, 1000);
  const std::size_t section = 5 + 4 + std::string("counts").size();
  const std::vector<std::size_t> whole{section, section + 5 + 3, good.content.size()};
  for (std::size_t size = 1; size <= good.content.size(); ++size) {
    StateFile cut = good;
    cut.content.resize(size);
    if (std::find(whole.begin(), whole.end(), size) != whole.end())
      EXPECT_NO_THROW(load({cut}, "counts", 1)) << size;
    else
      EXPECT_THROW(load({cut}, "counts", 1), CheckpointError) << size;
  }
}

TEST_F(StateFilesTest, RefusesChangesInTheRecordThatMakeNoSense) {
  const auto refusal = [&](const std::string& content) -> std::string {
    try {
      load({{"", StateFileKind::delta, 1, content.size(), 1, "", false, content}}, "counts", 1);
    } catch (const CheckpointError& error) {
      EXPECT_EQ(error.fault, CheckpointFault::damaged);
      return error.what();
    }
    return "";
  };
  using namespace std::string_literals;
  EXPECT_THAT(refusal("\1\xff\xff\xff\xff-and-so-on"s), HasSubstr("cut off"));
  EXPECT_THAT(refusal("\1\3\0\0\0abc"s), HasSubstr("no owner"));
  EXPECT_THAT(refusal("\2\3\0\0\0abc"s), HasSubstr("without a section"));
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
