// What a dying process writes down about itself, and what the next one reads.
#include "core/checkpoint/crash_notes.hpp"

#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/system/memory_file_system.hpp"

namespace millrace {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::string note(std::uint64_t epoch = 42, const std::string& detail = "in/a\nb.jsonl") {
  std::array<char, 4096> text{};
  return std::string(write_crash_note(
      {11, epoch, "fragile", "process", {"events", "0", detail, -3, 1007, 12}}, text));
}

TEST(CrashNotes, AreReadAsTheyWereWritten) {
  const std::vector<CrashNote> notes = read_crash_notes(note() + note(43, ""));
  ASSERT_THAT(notes, SizeIs(2));
  EXPECT_EQ(notes[0].signal, 11);
  EXPECT_EQ(notes[0].epoch, 42U);
  EXPECT_EQ(notes[0].component, "fragile");
  EXPECT_EQ(notes[0].function, "process");
  EXPECT_EQ(notes[0].records.component, "events");
  EXPECT_EQ(notes[0].records.partition, "0");
  EXPECT_EQ(notes[0].records.detail, "in/a\nb.jsonl");
  EXPECT_EQ(notes[0].records.start, -3);
  EXPECT_EQ(notes[0].records.first, 1007U);
  EXPECT_EQ(notes[0].records.count, 12U);
  EXPECT_EQ(notes[1].epoch, 43U);
}

TEST(CrashNotes, AreWholeOrNotThere) {
  const std::string text = note();
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_THAT(read_crash_notes(text.substr(0, size)), IsEmpty()) << size;
    // The next death adds its note behind.
    EXPECT_THAT(read_crash_notes(text.substr(0, size) + note(43)), SizeIs(1)) << size;
  }
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string damaged = text;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_THAT(read_crash_notes(damaged), IsEmpty()) << bit;
  }
  EXPECT_THAT(read_crash_notes(std::string(1000, '\0')), IsEmpty());
}

TEST(CrashNotes, AreNotWrittenWhereTheyDoNotFit) {
  std::array<char, 64> text{};
  EXPECT_EQ(write_crash_note({11, 1, std::string(100, 'x'), "", {}}, text), "");
}

TEST(CrashNotes, GoWithTheirEpoch) {
  MemoryFileSystem files;
  files.make_directories("/checkpoint");
  const auto file = files.create("/checkpoint/crashes");
  file->write(note(41) + note(42) + note(43));
  file->close();
  EXPECT_THAT(crash_notes_of(files, "/checkpoint", 42), SizeIs(2));
  EXPECT_THAT(crash_notes_of(files, "/checkpoint", 44), IsEmpty());
  EXPECT_FALSE(files.exists("/checkpoint/crashes"));
  EXPECT_THAT(crash_notes_of(files, "/checkpoint", 44), IsEmpty());
}

}  // namespace
}  // namespace millrace
