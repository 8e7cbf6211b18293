#pragma once

#include <cstdint>

namespace millrace {

// How much memory this process holds.
class ProcessMemory {
 public:
  virtual ~ProcessMemory() = default;
  // In RAM now, in bytes; 0: the system does not tell.
  virtual std::uint64_t resident() = 0;
  // The most that it was since the last call. Where the system cannot forget an earlier peak, what
  // it is now.
  virtual std::uint64_t take_peak() = 0;
  // Gives back to the system what was freed, as far as that goes.
  virtual void release() = 0;
};

class SystemMemory final : public ProcessMemory {
 public:
  SystemMemory();
  ~SystemMemory() override;
  SystemMemory(const SystemMemory&) = delete;
  SystemMemory& operator=(const SystemMemory&) = delete;

  std::uint64_t resident() override;
  std::uint64_t take_peak() override;
  void release() override;
  // Leaves freed memory with the process for what comes next: batches and answers of brokers are of
  // megabytes and come all the time, and a new page costs more than what is written to it.
  // release() gives it back all the same.
  static void keep_freed();

 private:
  int pages_;   // /proc/self/statm
  int status_;  // /proc/self/status
  int forget_;  // /proc/self/clear_refs
};

}  // namespace millrace
