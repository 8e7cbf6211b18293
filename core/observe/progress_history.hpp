#pragma once
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace millrace::observe {

/// The last progress lines, oldest first, for `/api/v1/progress`.
class ProgressHistory {
 public:
  explicit ProgressHistory(size_t capacity);

  void add(std::string json_line);
  std::vector<std::string> last(size_t count) const;

 private:
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<std::string> lines_;
};

}  // namespace millrace::observe
