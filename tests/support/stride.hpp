#pragma once
#include <cstddef>

namespace millrace::test {

/// The step through many cases that are alike: one. Under a sanitizer, where each takes ten times
/// as long, `sanitized`; a test without sanitizer has had them all.
constexpr std::size_t stride([[maybe_unused]] std::size_t sanitized) {
#ifdef MILLRACE_SANITIZED
  return sanitized;
#else
  return 1;
#endif
}

}  // namespace millrace::test
