#include "core/system/process_memory.hpp"

#include <array>
#include <charconv>
#include <fcntl.h>
#include <malloc.h>
#include <string_view>
#include <unistd.h>

namespace millrace {
namespace {

// Kept open: each reading is as the process is then.
int open_own(const char* path, int how) { return ::open(path, how | O_CLOEXEC); }

template <std::size_t size>
std::string_view read_own(int file, std::array<char, size>& text) {
  const ssize_t bytes = file < 0 ? -1 : ::pread(file, text.data(), text.size(), 0);
  return {text.data(), bytes < 0 ? 0 : static_cast<std::size_t>(bytes)};
}

// The first number from there on.
std::uint64_t number_at(std::string_view text, std::size_t at) {
  at = text.find_first_of("0123456789", at);
  std::uint64_t number = 0;
  if (at != std::string_view::npos)
    std::from_chars(text.data() + at, text.data() + text.size(), number);
  return number;
}

}  // namespace

SystemMemory::SystemMemory()
    : pages_(open_own("/proc/self/statm", O_RDONLY)),
      status_(open_own("/proc/self/status", O_RDONLY)),
      forget_(open_own("/proc/self/clear_refs", O_WRONLY)) {
  take_peak();
}

SystemMemory::~SystemMemory() {
  for (const int file : {pages_, status_, forget_})
    if (file >= 0) ::close(file);
}

std::uint64_t SystemMemory::resident() {
  std::array<char, 256> text{};
  const std::string_view pages = read_own(pages_, text);
  return number_at(pages, pages.find(' ')) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t SystemMemory::take_peak() {
  constexpr std::string_view name = "VmHWM:";
  constexpr std::string_view forget_the_peak = "5";
  std::array<char, 4096> text{};
  const std::string_view status = read_own(status_, text);
  const std::size_t at = status.find(name);
  const bool forgets =
      forget_ >= 0 && ::write(forget_, forget_the_peak.data(), forget_the_peak.size()) == 1;
  if (!forgets || at == std::string_view::npos) return resident();
  return number_at(status, at) * 1024;
}

void SystemMemory::release() { malloc_trim(0); }

void SystemMemory::keep_freed() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // The most that the C library takes.
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

}  // namespace millrace
