#pragma once
// Numbers and times as people read them on the terminal.

#include <cstdint>
#include <string>

namespace millrace::observe {

std::string to_iso_time(int64_t time_us);        ///< "2026-11-22T12:40:31.250Z"
std::string count_text(int64_t count);           ///< "15 204"
std::string short_count_text(double count);      ///< "38.2 k", "1.22 M"
std::string bytes_text(int64_t bytes);           ///< "3.1 MiB"
std::string duration_text(int64_t duration_us);  ///< "0.21 s", "38 ms", "12.4 s", "2 h 5 min"

}  // namespace millrace::observe
