#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/checkpoint/crash_notes.hpp"
#include "core/plugin/source_handle.hpp"

namespace millrace {

/// Which records may be what processes died of, as far as their notes tell, and how finely they
/// have to be taken so that the next death tells more. Deaths narrow it down: each names at most a
/// thousandth of what the one before did, until one record stands alone.
class CrashSuspects {
 public:
  CrashSuspects() = default;
  /// A record is set aside once it was among the records of `limit` deaths, alone in one of them.
  CrashSuspects(std::vector<CrashNote> notes, int64_t limit)
      : notes_(std::move(notes)), limit_(limit) {}

  /// Whether the epoch has to be run, or given to sinks, with care.
  bool concern(uint64_t epoch) const;

  struct Piece {
    uint64_t count;                          ///< how many records may be taken at once
    std::optional<std::string> reason = {};  ///< why they, one, are set aside
  };
  /// What to take from record `number` on of a source, or of a sink that is given an epoch. The
  /// range is that with which the epoch begins in the partition.
  Piece next(uint64_t epoch, const std::string& component, const SourceRange& range,
             uint64_t number) const;
  /// All that are set aside there, with their reasons.
  std::map<uint64_t, std::string> set_aside(uint64_t epoch, const std::string& component,
                                            const SourceRange& range) const;

  /// For people: what is known, newest death last.
  const std::vector<CrashNote>& notes() const { return notes_; }

 private:
  std::vector<CrashNote> notes_;
  int64_t limit_ = 0;
};

}  // namespace millrace
