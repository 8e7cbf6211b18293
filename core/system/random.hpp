#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace millrace {

// A fast generator whose values depend on the seed only (xoshiro256**). Not for secrets.
class Rng {
 public:
  explicit Rng(std::uint64_t seed);

  // Seeds from the operating system.
  static Rng from_system();

  std::uint64_t next();

  // A value in [0, bound), without bias. `bound` is at least 1.
  std::uint64_t below(std::uint64_t bound);

  // A value in [0, 1).
  double uniform();

 private:
  std::array<std::uint64_t, 4> state_;
};

// A UUID of version 4: 16 bytes, and its usual text form.
using Uuid = std::array<std::uint8_t, 16>;
Uuid make_uuid(Rng& rng);
std::string to_text(const Uuid& uuid);

}  // namespace millrace
