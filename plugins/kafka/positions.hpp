#pragma once
#include <array>
#include <memory>
#include <string>

#include "plugins/kafka/offsets.hpp"

namespace millrace::kafka {

/// Positions as text and as offsets. The engine hands back what it was given a moment ago, several
/// times a round: that is not parsed again.
class Positions {
 public:
  /// Throws Error::user where the text is no position.
  std::shared_ptr<const Offsets> parse(const std::string& text);
  std::string write(Offsets offsets);

 private:
  struct Known {
    std::string text;
    std::shared_ptr<const Offsets> offsets;
  };

  const Known* find(const std::string& text) const;
  std::shared_ptr<const Offsets> remember(const std::string& text, Offsets offsets);

  std::array<Known, 4> recent_;  // A round's beginning and end, those of the next, and one more.
  size_t next_ = 0;
};

}  // namespace millrace::kafka
