#include "plugins/kafka/share.hpp"

#include <algorithm>
#include <cmath>

namespace millrace::kafka {

Offsets limited(const Offsets& from, const Offsets& until, int64_t limit) {
  double available = 0;
  for (const auto& [topic, partitions] : until)
    for (const auto& [partition, end] : partitions)
      if (const auto* start = find(from, topic, partition))
        available += static_cast<double>(std::max<int64_t>(end - *start, 0));
  if (limit <= 0 || available <= static_cast<double>(limit)) return until;
  Offsets cut = until;
  for (auto& [topic, partitions] : cut) {
    for (auto& [partition, end] : partitions) {
      const auto* start = find(from, topic, partition);
      if (start == nullptr || end <= *start) continue;
      const double size = static_cast<double>(end - *start);
      const double share = static_cast<double>(limit) * (size / available);
      const auto whole = static_cast<int64_t>(share < 1 ? std::ceil(share) : std::floor(share));
      end = std::min(end, *start + whole);
    }
  }
  return cut;
}

}  // namespace millrace::kafka
