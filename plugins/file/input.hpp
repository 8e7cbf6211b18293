#pragma once
#include <string>

#include "millrace/source.hpp"

namespace millrace::file {

// Where lines come from: what a file source does for the one kind of path that it was given.
class Input {
 public:
  virtual ~Input() = default;
  virtual std::string latest(const std::string& position) = 0;
  virtual InputPlan plan(const std::string& position, const std::string& target,
                         bool without_limit) = 0;
  // Plans take about so many bytes at most, whatever the settings allow; 0: what they allow.
  virtual void limit(int64_t /*bytes*/) {}
  // Of the line at range.start, from 1.
  virtual int64_t first_line(const Range& range) const = 0;
  virtual std::string path_of(const Range& range) const = 0;
};

}  // namespace millrace::file
