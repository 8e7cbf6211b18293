#pragma once
#include <cstdint>
#include <string_view>

#include "millrace/timestamp_text.hpp"

#include "plugins/json/plain_text.hpp"

namespace millrace::json {

// Reads timestamps of one form, "2026-01-01T12:30:05.123Z", that lie on the same day as one before:
// the text of the day is compared, what is behind it is added. Event times are mostly such.
class RecentDay {
 public:
  static constexpr size_t text_size = 24;

  // Whether the text at `at` is one; of it `text_size` bytes may be read.
  bool read(const char* at, int64_t& time) const {
    int64_t of_day = 0;
    if (eight_bytes(at) != year_ || first_of_day(at) != day_ || !read_time_of_day(at + 11, of_day))
      return false;
    time = midnight_ + of_day;
    return true;
  }

  // Remembers the day of a text that was read the long way.
  void note(std::string_view text, int64_t time) {
    int64_t of_day = 0;
    if (text.size() != text_size || !read_time_of_day(text.data() + 11, of_day)) return;
    year_ = eight_bytes(text.data());
    day_ = first_of_day(text.data());
    midnight_ = time - of_day;
  }

 private:
  // "01T" of "2026-01-01T12:30".
  static uint64_t first_of_day(const char* at) { return eight_bytes(at + 8) & 0xffffff; }

  // "12:30:05.123Z" in microseconds.
  static bool read_time_of_day(const char* at, int64_t& time) {
    constexpr detail::DigitForm until_seconds("00:00:00");
    constexpr detail::DigitForm from_seconds(":00.000Z");
    unsigned char digits[8];
    unsigned char rest[8];
    if (!until_seconds.matches(at, digits) || !from_seconds.matches(at + 5, rest)) return false;
    const int hour = digits[0] * 10 + digits[1];
    const int minute = digits[3] * 10 + digits[4];
    const int second = digits[6] * 10 + digits[7];
    if (hour > 23 || minute > 59 || second > 59) return false;
    const int milliseconds = rest[4] * 100 + rest[5] * 10 + rest[6];
    time = ((hour * 60 + minute) * 60 + second) * microseconds_per_second +
           milliseconds * int64_t{1000};
    return true;
  }

  uint64_t year_ = 0;  // "2026-01-"; no text has these bytes at first.
  uint64_t day_ = 0;
  int64_t midnight_ = 0;
};

}  // namespace millrace::json
