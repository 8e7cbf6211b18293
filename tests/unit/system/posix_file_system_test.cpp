#include "core/system/posix_file_system.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/error.hpp"

#include "core/system/file_system_kind.hpp"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PosixFileSystemTest : public testing::Test {
 public:
  PosixFileSystemTest() {
    std::string name = testing::TempDir() + "files-XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~PosixFileSystemTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

 protected:
  void write(const std::string& name, const std::string& text) {
    const auto file = files_.create(directory_ / name);
    file->write(text);
    file->sync();
    file->close();
  }

  template <typename Action>
  static std::string message_of(Action action) {
    try {
      action();
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  PosixFileSystem files_;
  std::filesystem::path directory_;
};

TEST(FileSystemKind, TellsMemoryAndNetworkFromDisks) {
  using Place = FileSystemKind::Place;
  EXPECT_EQ(file_system_kind(0x6969).place, Place::network);
  EXPECT_EQ(file_system_kind(0x6969).name, "nfs");
  EXPECT_EQ(file_system_kind(0xff534d42).place, Place::network);
  EXPECT_EQ(file_system_kind(0xef53).place, Place::disk);
  EXPECT_EQ(file_system_kind(std::filesystem::path("/proc")).place, Place::disk) << "not known";
  EXPECT_EQ(file_system_kind(std::filesystem::path("/nowhere")).place, Place::disk);
}

TEST_F(PosixFileSystemTest, WritesAFileThatOnlyItsOwnerMayRead) {
  write("a", "some text");
  EXPECT_EQ(files_.read(directory_ / "a"), "some text");
  const auto status = files_.status(directory_ / "a");
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->size, 9u);
  EXPECT_EQ(status->mode, 0600u);
  EXPECT_EQ(status->owner, files_.user());
  EXPECT_FALSE(status->directory);
  EXPECT_GT(status->modified_us, std::int64_t{1600000000} * 1000000);
}

TEST_F(PosixFileSystemTest, DoesNotOverwrite) {
  write("a", "first");
  EXPECT_THAT(message_of([&] { files_.create(directory_ / "a"); }), HasSubstr("File exists"));
  EXPECT_EQ(files_.read(directory_ / "a"), "first");
}

TEST_F(PosixFileSystemTest, DoesNotFollowALink) {
  write("a", "text");
  std::filesystem::create_symlink(directory_ / "a", directory_ / "link");
  std::filesystem::create_symlink(directory_ / "nowhere", directory_ / "dangling");
  EXPECT_THROW(files_.open(directory_ / "link"), Error);
  EXPECT_THROW(files_.create(directory_ / "dangling"), Error);
  EXPECT_THROW(files_.try_lock(directory_ / "dangling"), Error);
  EXPECT_FALSE(files_.exists(directory_ / "nowhere"));
}

TEST_F(PosixFileSystemTest, ListsSortedNames) {
  for (const char* name : {"b", "a", "c"}) write(name, "");
  files_.make_directories(directory_ / "d/e");
  EXPECT_THAT(files_.list(directory_), ElementsAre("a", "b", "c", "d"));
  EXPECT_THROW(files_.list(directory_ / "missing"), Error);
}

TEST_F(PosixFileSystemTest, RenamesAndRemoves) {
  write("a", "text");
  files_.rename(directory_ / "a", directory_ / "b");
  files_.sync_directory(directory_);
  EXPECT_FALSE(files_.exists(directory_ / "a"));
  EXPECT_EQ(files_.read(directory_ / "b"), "text");
  files_.remove(directory_ / "b");
  EXPECT_THAT(message_of([&] { files_.remove(directory_ / "b"); }),
              HasSubstr("No such file or directory"));
}

TEST_F(PosixFileSystemTest, MakesDirectoriesForTheOwnerOnlyAndTwice) {
  files_.make_directories(directory_ / "x/y/");
  files_.make_directories(directory_ / "x/y");
  EXPECT_EQ(files_.status(directory_ / "x")->mode, 0700u);
  EXPECT_TRUE(files_.status(directory_ / "x/y")->directory);
  write("file", "");
  EXPECT_THROW(files_.make_directories(directory_ / "file"), Error);
}

TEST_F(PosixFileSystemTest, ReadsAtAnyPlaceAndRefusesToReadBeyondTheEnd) {
  write("a", "0123456789");
  const auto file = files_.open(directory_ / "a");
  std::string part(3, ' ');
  file->read_at(4, part.data(), part.size());
  EXPECT_EQ(part, "456");
  EXPECT_THAT(message_of([&] { file->read_at(8, part.data(), part.size()); }),
              HasSubstr("it ends at byte 10"));
}

TEST_F(PosixFileSystemTest, GivesALockToOneHolderAndSaysWho) {
  auto lock = files_.try_lock(directory_ / "lock");
  ASSERT_NE(lock, nullptr);
  EXPECT_EQ(files_.try_lock(directory_ / "lock"), nullptr);
  EXPECT_THAT(files_.read(directory_ / "lock"),
              HasSubstr("process " + std::to_string(getpid()) + " on "));
  lock.reset();
  EXPECT_NE(files_.try_lock(directory_ / "lock"), nullptr);
}

TEST_F(PosixFileSystemTest, WritesTheRestAfterAShortWriteAndReportsTheFailure) {
  // With a limit of 1000 bytes the kernel takes 1000 of 1500, then refuses the rest.
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, before.rlim_max};
  const auto file = files_.create(directory_ / "a");
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = message_of([&] { file->write(std::string(1500, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(message, HasSubstr("File too large"));
  EXPECT_EQ(files_.status(directory_ / "a")->size, 1000u);
}

TEST_F(PosixFileSystemTest, NamesTheFileAndTheReason) {
  EXPECT_EQ(message_of([&] { files_.open(directory_ / "missing"); }),
            "cannot open " + (directory_ / "missing").string() + ": No such file or directory");
}

}  // namespace
}  // namespace millrace
