#pragma once
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

namespace millrace::simulation {

/// What happened, in order, as one number: equal numbers, equal runs. Told aloud where it is asked
/// for.
class Trace {
 public:
  explicit Trace(bool aloud = false) : aloud_(aloud) {}

  void note(std::string_view event) {
    for (const char letter : event) add(static_cast<unsigned char>(letter));
    add('\n');
    if (aloud_) std::cerr << event << '\n';
  }

  uint64_t hash() const { return hash_; }

 private:
  void add(unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001b3; }

  bool aloud_;
  uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace millrace::simulation
