// What a process that died inside a plugin left about it, in the file `crashes` of the checkpoint's
// directory: one note for each death. A note is written by a signal handler and is never changed:
//
//     eleven fields, each ended by a byte 0: "\1crash 1", signal, epoch, component, function, and
//     of the records: component, partition, detail, start, first, count; then 16 hexadecimal
//     digits, XXH3-64 of all before, 0
//
// It is for people and for the next start only. One that is not whole counts as not written: the
// worst that comes of it is one more death.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/system/file_system.hpp"

namespace millrace {

// Some records of a partition, numbered from where the epoch begins in it.
template <class Text>
struct NumberedRecords {
  Text component;  // a source, or a sink that is given an epoch; empty: not known
  Text partition;
  Text detail;             // see SourceRange
  std::int64_t start = 0;  // where the epoch begins
  std::uint64_t first = 0;
  std::uint64_t count = 0;

  bool known() const { return !component.empty(); }
};

template <class Text>
struct CrashNoteOf {
  int signal = 0;
  std::uint64_t epoch = 0;
  Text component;  // the plugin's component that the thread was inside of
  Text function;   // which of its functions
  NumberedRecords<Text> records;
};

using CrashNote = CrashNoteOf<std::string>;
using CrashNoteView = CrashNoteOf<std::string_view>;

inline constexpr std::string_view crash_notes_name = "crashes";

// The note as text in `to`; empty where it does not fit. Does what a signal handler may.
std::string_view write_crash_note(const CrashNoteView& note, std::span<char> to) noexcept;

// All whole notes.
std::vector<CrashNote> read_crash_notes(std::string_view text);

// The notes in a checkpoint's directory about its epochs from `epoch` on. A file that has no such
// note any more is removed.
std::vector<CrashNote> crash_notes_of(FileSystem& files, const std::filesystem::path& directory,
                                      std::uint64_t epoch);

}  // namespace millrace
