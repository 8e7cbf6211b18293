#include "plugins/window/session_merge.hpp"

#include <algorithm>

namespace millrace::window {

uint32_t merge_fragment(std::vector<Session>& sessions, int64_t start, int64_t end,
                        SessionChanges& changes) {
  const auto first = std::find_if(sessions.begin(), sessions.end(),
                                  [&](const Session& session) { return session.end >= start; });
  if (first == sessions.end() || first->start > end) {
    const uint32_t group = changes.new_group();
    sessions.insert(first, {start, end, group});
    return group;
  }
  if (first->group == no_group) changes.touch(*first);
  first->start = std::min(first->start, start);
  first->end = std::max(first->end, end);
  auto next = first + 1;
  for (; next != sessions.end() && next->start <= first->end; ++next) {
    if (next->group == no_group) changes.touch(*next);
    changes.unite(*first, *next);
    first->end = std::max(first->end, next->end);
  }
  sessions.erase(first + 1, next);
  return first->group;
}

}  // namespace millrace::window
