#include "plugins/postgres/patience.hpp"

#include <algorithm>
#include <poll.h>

namespace millrace::postgres {
namespace {

constexpr std::chrono::milliseconds longest{2'000};
// How long to wait before looking whether the pipeline stops.
constexpr std::chrono::milliseconds slice{100};

}  // namespace

Patience::Patience(int64_t most_us, Context context)
    : context_(context), end_(Clock::now() + std::chrono::microseconds(most_us)) {}

bool Patience::pause() {
  const auto until = Clock::now() + next_;
  if (until > end_) return false;
  next_ = std::min(next_ * 2, longest);
  for (auto now = Clock::now(); now < until; now = Clock::now()) {
    if (context_.stop_requested()) return false;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now);
    ::poll(nullptr, 0, static_cast<int>(std::min(left, slice).count()));
  }
  return !context_.stop_requested();
}

}  // namespace millrace::postgres
