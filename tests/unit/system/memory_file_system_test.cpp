#include "core/system/memory_file_system.hpp"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/error.hpp"

#include "core/system/random.hpp"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

void write(FileSystem& files, const std::string& path, const std::string& text, bool sync) {
  const auto file = files.create(path);
  file->write(text);
  if (sync) file->sync();
  file->close();
}

TEST(MemoryFileSystem, LosesANameWhoseDirectoryWasNotSynced) {
  MemoryFileSystem files;
  files.make_directories("/data");
  write(files, "/data/a", "text", true);
  EXPECT_EQ(files.read("/data/a"), "text");
  files.power_loss();
  EXPECT_THAT(files.list("/data"), IsEmpty());
}

TEST(MemoryFileSystem, LosesContentThatWasNotSynced) {
  MemoryFileSystem files;
  files.make_directories("/data");
  write(files, "/data/a", "text", false);
  files.sync_directory("/data");
  files.power_loss();
  EXPECT_EQ(files.read("/data/a"), "");
}

TEST(MemoryFileSystem, KeepsWhatWasSynced) {
  MemoryFileSystem files;
  files.make_directories("/data/deep");
  write(files, "/data/deep/a", "text", true);
  files.sync_directory("/data/deep");
  files.power_loss();
  EXPECT_EQ(files.read("/data/deep/a"), "text");
}

TEST(MemoryFileSystem, TakesBackARenameAndARemovalThatWereNotSynced) {
  MemoryFileSystem files;
  files.make_directories("/data");
  write(files, "/data/a", "a", true);
  write(files, "/data/b", "b", true);
  files.sync_directory("/data");
  files.rename("/data/a", "/data/c");
  files.remove("/data/b");
  EXPECT_THAT(files.list("/data"), ElementsAre("c"));
  files.power_loss();
  EXPECT_THAT(files.list("/data"), ElementsAre("a", "b"));
}

TEST(MemoryFileSystem, KeepsEverythingWhenOnlyTheProcessDies) {
  MemoryFileSystem files;
  files.make_directories("/data");
  const auto lock = files.try_lock("/data/lock");
  write(files, "/data/a", "text", false);
  files.process_death();
  EXPECT_EQ(files.read("/data/a"), "text");
  EXPECT_NE(files.try_lock("/data/lock"), nullptr);
}

TEST(MemoryFileSystem, LeavesARandomPartAfterPowerLossIfAsked) {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    MemoryFileSystem files;
    files.make_directories("/data");
    write(files, "/data/a", "abc", false);
    files.rename("/data/a", "/data/b");
    Rng rng(seed);
    files.power_loss(&rng);
    const std::vector<std::string> names = files.list("/data");
    ASSERT_LE(names.size(), 1u);
    outcomes.insert(names.empty() ? "none" : names[0] + files.read("/data/" + names[0]));
  }
  EXPECT_GT(outcomes.size(), 6u);
  for (const std::string& outcome : outcomes) {
    const std::string content = outcome == "none" ? "" : outcome.substr(1);
    const std::string zeros(content.size(), '\0');
    EXPECT_TRUE(std::string("abc").starts_with(content) || content == zeros) << outcome;
  }
}

TEST(MemoryFileSystem, LosesWhatIsNotSyncedOfOneDirectoryAndKeepsItOfAnother) {
  std::set<std::string> outcomes;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    MemoryFileSystem files;
    files.make_directories("/x");
    files.make_directories("/y");
    write(files, "/x/a", "", false);
    write(files, "/y/b", "", false);
    Rng rng(seed);
    files.power_loss(&rng);
    outcomes.insert(std::string(files.exists("/x/a") ? "a" : "") +
                    (files.exists("/y/b") ? "b" : ""));
  }
  EXPECT_EQ(outcomes, (std::set<std::string>{"", "a", "b", "ab"}));
}

TEST(MemoryFileSystem, StoresHalfOfAWriteWhenTheDiskIsFull) {
  MemoryFileSystem files;
  const auto file = files.create("/a");
  files.fail_operation(0, DiskFault::no_space);
  EXPECT_THROW(file->write("12345678"), Error);
  EXPECT_EQ(files.read("/a"), "1234");
  file->write("more");
  EXPECT_EQ(files.read("/a"), "1234more");
}

TEST(MemoryFileSystem, LosesTheContentForGoodWhenASyncFails) {
  MemoryFileSystem files;
  const auto file = files.create("/a");
  files.sync_directory("/");
  file->write("text");
  files.fail_operation(0, DiskFault::io_error);
  EXPECT_THROW(file->sync(), Error);
  EXPECT_NO_THROW(file->sync());
  files.power_loss();
  EXPECT_EQ(files.read("/a"), "");
}

TEST(MemoryFileSystem, LosesPowerAtAnOperation) {
  MemoryFileSystem files;
  write(files, "/a", "a", true);
  files.sync_directory("/");
  files.lose_power_at_operation(1);
  const auto file = files.create("/b");
  EXPECT_THROW(file->write("b"), PowerLost);
  EXPECT_THROW(files.remove("/a"), PowerLost);
  files.power_loss();
  EXPECT_THAT(files.list("/"), ElementsAre("a"));
  EXPECT_THROW(file->write("b"), PowerLost) << "a handle of the life before";
}

TEST(MemoryFileSystem, GivesALockToOneHolder) {
  MemoryFileSystem files;
  auto lock = files.try_lock("/lock");
  ASSERT_NE(lock, nullptr);
  EXPECT_EQ(files.try_lock("/lock"), nullptr);
  lock.reset();
  EXPECT_NE(files.try_lock("/lock"), nullptr);
}

}  // namespace
}  // namespace millrace
