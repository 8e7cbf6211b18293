#include "core/engine/crash_suspects.hpp"

#include <algorithm>
#include <limits>

#include "core/system/fatal_signals.hpp"

namespace millrace {
namespace {

constexpr uint64_t pieces = 1000;
// Where nothing is known but the epoch.
constexpr uint64_t unknown_piece = 1000;

bool is_of(const NumberedRecords<std::string>& records, const std::string& component,
           const SourceRange& range) {
  return records.component == component && records.partition == range.partition &&
         records.detail == range.detail && records.start == range.start;
}

}  // namespace

bool CrashSuspects::concern(uint64_t epoch) const {
  return std::any_of(notes_.begin(), notes_.end(),
                     [&](const CrashNote& note) { return note.epoch == epoch; });
}

CrashSuspects::Piece CrashSuspects::next(uint64_t epoch, const std::string& component,
                                         const SourceRange& range, uint64_t number) const {
  uint64_t count = std::numeric_limits<uint64_t>::max();
  int64_t deaths = 0;
  const CrashNote* alone = nullptr;
  for (const auto& note : notes_) {
    const auto& records = note.records;
    if (note.epoch != epoch) continue;
    if (!records.known()) {
      ++deaths;
      count = std::min(count, unknown_piece);
      continue;
    }
    if (!is_of(records, component, range)) continue;
    if (records.first > number) {
      count = std::min(count, records.first - number);
      continue;
    }
    const auto passed = number - records.first;
    if (passed >= records.count) continue;
    ++deaths;
    count =
        std::min({count, std::max<uint64_t>(1, records.count / pieces), records.count - passed});
    if (records.count == 1) alone = &note;
  }
  if (alone == nullptr || deaths < limit_) return {count};
  return {1, std::to_string(deaths) + " processes died of it, the last of " +
                 std::string(signal_name(alone->signal)) + " in `" + alone->function + "` of `" +
                 alone->component + '`'};
}

std::map<uint64_t, std::string> CrashSuspects::set_aside(uint64_t epoch,
                                                         const std::string& component,
                                                         const SourceRange& range) const {
  std::map<uint64_t, std::string> found;
  for (const auto& note : notes_)
    if (note.epoch == epoch && note.records.count == 1 && is_of(note.records, component, range))
      if (auto piece = next(epoch, component, range, note.records.first); piece.reason)
        found.emplace(note.records.first, std::move(*piece.reason));
  return found;
}

}  // namespace millrace
