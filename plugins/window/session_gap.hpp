#pragma once
#include <map>
#include <optional>
#include <string>

#include "millrace/buffer.hpp"
#include "millrace/settings.hpp"

namespace millrace::window {

/// How long a session lasts after each of its rows: one length, or one for each row.
struct SessionGap {
  int64_t microseconds = 0;
  std::optional<Expression> expression;
};

/// Checks the two options of which one must be given.
SessionGap check_gap(const std::optional<Duration>& gap,
                     const std::optional<Expression>& expression);

/// The gaps of the rows of a batch. A row without one, or with one of zero or less, gets 0.
class GapReader {
 public:
  explicit GapReader(const SessionGap& gap) : gap_(&gap) {}

  void read(const Batch& batch, Buffer<int64_t>& out);

 private:
  int64_t read_text(std::string_view text);

  const SessionGap* gap_;
  std::map<std::string, int64_t, std::less<>> known_;  // Few different texts are to be expected.
};

}  // namespace millrace::window
