#include "core/checkpoint/crash_notes.hpp"

#include <array>
#include <charconv>
#include <xxhash.h>

namespace millrace {
namespace {

// Begins like no text does.
constexpr std::string_view version = "\1crash 1";
constexpr std::size_t field_count = 11;
constexpr std::size_t digits = 16;

class NoteText {
 public:
  explicit NoteText(std::span<char> to) : to_(to) {}

  void add(std::string_view field) {
    fits_ = fits_ && size_ + field.size() < to_.size();
    if (!fits_) return;
    for (const char byte : field) to_[size_++] = byte;
    to_[size_++] = '\0';
  }
  template <class Number>
  void add_number(Number number) {
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    add({text.data(), static_cast<std::size_t>(end - text.data())});
  }
  std::string_view text() const { return fits_ ? std::string_view(to_.data(), size_) : ""; }

 private:
  std::span<char> to_;
  std::size_t size_ = 0;
  bool fits_ = true;
};

std::array<char, digits> checksum(std::string_view text) {
  std::array<char, digits> hex{};
  std::uint64_t hash = XXH3_64bits(text.data(), text.size());
  for (std::size_t i = digits; i-- > 0; hash >>= 4U) hex[i] = "0123456789abcdef"[hash & 15U];
  return hex;
}

template <class Number>
bool parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::string_view write_crash_note(const CrashNoteView& note, std::span<char> to) noexcept {
  NoteText text(to);
  text.add(version);
  text.add_number(note.signal);
  text.add_number(note.epoch);
  text.add(note.component);
  text.add(note.function);
  text.add(note.records.component);
  text.add(note.records.partition);
  text.add(note.records.detail);
  text.add_number(note.records.start);
  text.add_number(note.records.first);
  text.add_number(note.records.count);
  const std::array<char, digits> sum = checksum(text.text());
  text.add({sum.data(), sum.size()});
  return text.text();
}

std::vector<CrashNote> read_crash_notes(std::string_view text) {
  std::vector<CrashNote> notes;
  std::array<std::string_view, field_count + 1> fields{};
  std::size_t known = 0;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\0', at);
    if (end == std::string_view::npos) break;
    const std::string_view field = text.substr(at, end - at);
    // A note that was cut off ends where the next one begins.
    if (field == version || field.ends_with(version)) {
      known = 0;
      begin = end - version.size();
      fields[known++] = version;
    } else if (known > 0 && known < fields.size()) {
      fields[known++] = field;
    }
    at = end + 1;
    if (known < fields.size()) continue;
    known = 0;
    const std::string_view signed_part =
        text.substr(begin, static_cast<std::size_t>(fields.back().data() - text.data()) - begin);
    const std::array<char, digits> sum = checksum(signed_part);
    CrashNote note;
    if (fields.back() != std::string_view(sum.data(), sum.size()) ||
        !parse(fields[1], note.signal) || !parse(fields[2], note.epoch) ||
        !parse(fields[8], note.records.start) || !parse(fields[9], note.records.first) ||
        !parse(fields[10], note.records.count))
      continue;
    note.component = fields[3];
    note.function = fields[4];
    note.records.component = fields[5];
    note.records.partition = fields[6];
    note.records.detail = fields[7];
    notes.push_back(std::move(note));
  }
  return notes;
}

std::vector<CrashNote> crash_notes_of(FileSystem& files, const std::filesystem::path& directory,
                                      std::uint64_t epoch) {
  const std::filesystem::path path = directory / crash_notes_name;
  if (!files.exists(path)) return {};
  std::vector<CrashNote> notes = read_crash_notes(files.read(path));
  std::erase_if(notes, [&](const CrashNote& note) { return note.epoch < epoch; });
  if (notes.empty()) files.remove(path);
  return notes;
}

}  // namespace millrace
