#include "core/engine/crash_witness.hpp"

#include <array>
#include <string>

#include "core/checkpoint/crash_notes.hpp"
#include "core/engine/records_in_hand.hpp"
#include "core/plugin/plugin_call.hpp"

namespace millrace {
namespace {

// Made before anything dies.
std::string& notes_path() {
  static auto* const path = new std::string;
  return *path;
}
const char* path_of_notes = nullptr;
std::array<char, 16 * 1024> note_text;

void note_death(int signal) noexcept {
  const auto call = call_of_this_thread();
  // What dies outside of plugins is our own fault, and no record's.
  if (call.component.empty() || path_of_notes == nullptr) return;
  const auto note = write_crash_note({signal, records_in_hand::epoch(), call.component,
                                      call.function, records_in_hand::of_this_thread()},
                                     note_text);
  if (!note.empty()) FatalSignals::append(path_of_notes, note);
}

const char* remember(const std::filesystem::path& checkpoint) {
  notes_path() = (checkpoint / crash_notes_name).string();
  return path_of_notes = notes_path().c_str();
}

}  // namespace

CrashWitness::CrashWitness(const std::filesystem::path& checkpoint)
    : signals_((remember(checkpoint), note_death)) {}

}  // namespace millrace
