#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plugins/kafka/offsets.hpp"

namespace re2 {
class RE2;
}

namespace millrace::kafka {

/// Topics and how many partitions each has.
using Topics = std::map<std::string, int32_t>;

/// Throws Error::user about `option` unless a topic can have this name.
void check_topic(const std::string& name, const char* option);

/// Which partitions of which topics to read: topics by name, topics whose whole name matches a
/// regular expression, or partitions one by one.
class Subscription {
 public:
  /// Exactly one must be given. Throws Error::user about the option at fault.
  Subscription(const std::vector<std::string>& names, const std::string& pattern,
               const std::string& assign);
  ~Subscription();

  /// The topics it names; empty for a pattern.
  const std::vector<std::string>& names() const { return names_; }
  bool is_pattern() const { return pattern_ != nullptr; }
  /// The wanted partitions among those that exist, all at offset 0.
  Offsets select(const Topics& existing) const;
  /// Whether a partition of that topic could be selected.
  bool covers(const std::string& topic) const;

 private:
  std::vector<std::string> names_;
  std::unique_ptr<re2::RE2> pattern_;
  Offsets assigned_;
};

}  // namespace millrace::kafka
