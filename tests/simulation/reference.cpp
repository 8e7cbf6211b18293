#include "tests/simulation/reference.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

namespace millrace::simulation {
namespace {

using Value = std::optional<int64_t>;
using Key = std::optional<std::string>;

std::string text(const Key& key) { return key.value_or("null"); }
std::string text(const Value& value) { return value ? std::to_string(*value) : "null"; }

struct Window {
  int64_t start = 0;
  int64_t end = 0;
  auto operator<=>(const Window&) const = default;
};

struct Summary {
  int64_t n = 0;
  Value total, least, most;

  void add(const Value& value) {
    ++n;
    if (!value) return;
    total = total.value_or(0) + *value;
    least = std::min(least.value_or(*value), *value);
    most = std::max(most.value_or(*value), *value);
  }
  void add(const Summary& other) {
    n += other.n;
    if (!other.total) return;
    total = total.value_or(0) + *other.total;
    least = std::min(least.value_or(*other.least), *other.least);
    most = std::max(most.value_or(*other.most), *other.most);
  }
  std::string row(const Key& key) const {
    return "key=" + text(key) + ";least=" + text(least) + ";most=" + text(most) +
           ";n=" + std::to_string(n) + ";total=" + text(total) + ";";
  }
};

std::string row_of(const Key& key, const Window& window, const Summary& summary) {
  return summary.row(key) + "window_end=" + std::to_string(window.end) +
         ";window_start=" + std::to_string(window.start) + ";";
}

struct Judged {
  int64_t late_before = std::numeric_limits<int64_t>::min();
  int64_t watermark = std::numeric_limits<int64_t>::min();
};

Judged judged_by(const ReadEpoch& epoch, const std::string& transform) {
  const auto found = epoch.watermarks.find(transform);
  if (found == epoch.watermarks.end()) return {};
  const auto& watermark = found->second;
  return {epoch.opens_with_watermark ? watermark.watermark_us : watermark.late_before_us,
          watermark.watermark_us};
}

std::vector<Window> windows_of(int64_t time, int64_t size, int64_t slide) {
  std::vector<Window> windows;
  for (int64_t start = time / slide * slide; start > time - size; start -= slide)
    windows.push_back({start, start + size});
  return windows;
}

struct TimedRow {
  Key key;
  Value value;
  int64_t time = 0;
};

TimedRow timed(const InputRow* row) { return {row->key, row->value, row->time_us}; }

/// Groups by window and key, which close as the watermark passes the window's end.
class Windows {
 public:
  Windows(int64_t size, int64_t slide) : size_(size), slide_(slide) {}

  void take(const ReadEpoch& epoch, const Judged& judged, const std::vector<TimedRow>& rows,
            Expected& expected) {
    std::set<std::pair<Window, Key>> changed;
    if (epoch.opens_with_watermark) close(epoch.number, judged.watermark, expected);
    for (const auto& row : rows)
      for (const auto& window : windows_of(row.time, size_, slide_)) {
        if (window.end <= judged.late_before) continue;
        groups_[{window, row.key}].add(row.value);
        changed.insert({window, row.key});
      }
    for (const auto& group : changed)
      expected.changed[epoch.number].insert(row_of(group.second, group.first, groups_.at(group)));
    close(epoch.number, judged.watermark, expected);
  }

 private:
  void close(int64_t epoch, int64_t watermark, Expected& expected) {
    for (auto group = groups_.begin(); group != groups_.end();) {
      const auto& [window, key] = group->first;
      if (window.end > watermark) {
        ++group;
        continue;
      }
      expected.final[epoch].insert(row_of(key, window, group->second));
      group = groups_.erase(group);
    }
  }

  int64_t size_;
  int64_t slide_;
  std::map<std::pair<Window, Key>, Summary> groups_;
};

/// Sessions of each key: rows whose spans touch.
class Sessions {
 public:
  explicit Sessions(int64_t gap) : gap_(gap) {}

  void take(const ReadEpoch& epoch, const Judged& judged, Expected& expected) {
    if (epoch.opens_with_watermark) close(epoch.number, judged.watermark, expected);
    for (const auto* row : epoch.rows)
      if (row->time_us + gap_ > judged.late_before) add(*row);
    close(epoch.number, judged.watermark, expected);
  }

 private:
  using OfKey = std::vector<std::pair<Window, Summary>>;

  void add(const InputRow& row) {
    Window span{row.time_us, row.time_us + gap_};
    Summary summary;
    summary.add(row.value);
    OfKey apart;
    for (const auto& [window, other] : sessions_[row.key]) {
      if (window.start > span.end || window.end < span.start) {
        apart.emplace_back(window, other);
        continue;
      }
      span = {std::min(span.start, window.start), std::max(span.end, window.end)};
      summary.add(other);
    }
    apart.emplace_back(span, summary);
    sessions_[row.key] = std::move(apart);
  }

  void close(int64_t epoch, int64_t watermark, Expected& expected) {
    for (auto& [key, sessions] : sessions_)
      std::erase_if(sessions, [&, &name = key](const auto& session) {
        if (session.first.end > watermark) return false;
        expected.final[epoch].insert(row_of(name, session.first, session.second));
        return true;
      });
  }

  int64_t gap_;
  std::map<Key, OfKey> sessions_;
};

/// The first row of each kind.
class Distinct {
 public:
  explicit Distinct(bool in_time) : in_time_(in_time) {}

  std::vector<TimedRow> take(const ReadEpoch& epoch, const Judged& judged) {
    std::vector<TimedRow> fresh;
    for (const auto* row : epoch.rows) {
      if (row->time_us <= judged.late_before) continue;
      if (seen_.insert({row->key, row->value, in_time_ ? row->time_us : 0}).second)
        fresh.push_back(timed(row));
    }
    return fresh;
  }

 private:
  bool in_time_;
  std::set<std::tuple<Key, Value, int64_t>> seen_;
};

Expected expect_filter(const std::vector<ReadEpoch>& epochs) {
  Expected expected;
  for (const auto& epoch : epochs)
    for (const auto* row : epoch.rows)
      if (row->value && *row->value > 5)
        expected.final[epoch.number].insert("id=" + std::to_string(row->id) +
                                            ";twice=" + std::to_string(2 * *row->value) + ";");
  return expected;
}

Expected expect_running(const std::vector<ReadEpoch>& epochs) {
  Expected expected;
  std::map<Key, Summary> groups;
  for (const auto& epoch : epochs) {
    std::set<Key> changed;
    for (const auto* row : epoch.rows) {
      groups[row->key].add(row->value);
      changed.insert(row->key);
    }
    for (const auto& key : changed) expected.changed[epoch.number].insert(groups.at(key).row(key));
  }
  for (const auto& [key, summary] : groups) expected.whole.insert(summary.row(key));
  return expected;
}

Expected expect_distinct(const Query& query, const std::vector<ReadEpoch>& epochs) {
  Expected expected;
  Distinct distinct(query.distinct_in_time);
  for (const auto& epoch : epochs)
    for (const auto& row : distinct.take(epoch, judged_by(epoch, query.name + "_all")))
      expected.final[epoch.number].insert(
          "key=" + text(row.key) + ";" +
          (query.distinct_in_time ? "ts=" + std::to_string(row.time) + ";" : "") +
          "value=" + text(row.value) + ";");
  return expected;
}

Expected expect_windows(const Query& query, const std::vector<ReadEpoch>& epochs) {
  Expected expected;
  Windows windows(query.size_us, query.kind == QueryKind::sliding ? query.slide_us : query.size_us);
  Distinct distinct(query.distinct_in_time);
  for (const auto& epoch : epochs) {
    std::vector<TimedRow> rows;
    if (query.kind == QueryKind::windows_of_distinct)
      rows = distinct.take(epoch, judged_by(epoch, query.name + "_all"));
    else
      for (const auto* row : epoch.rows) rows.push_back(timed(row));
    windows.take(epoch, judged_by(epoch, query.name), rows, expected);
  }
  return expected;
}

Expected expect_sessions(const Query& query, const std::vector<ReadEpoch>& epochs) {
  Expected expected;
  Sessions sessions(query.size_us);
  for (const auto& epoch : epochs) sessions.take(epoch, judged_by(epoch, query.name), expected);
  return expected;
}

// A pair is found in the epoch that reads the later one of the two.
Expected expect_join(const Query& query, const std::vector<ReadEpoch>& epochs) {
  Expected expected;
  const auto meet = [&](const InputRow& row, const InputRow& other, int64_t epoch) {
    if (!row.key || row.key != other.key) return;
    if (other.time_us < row.time_us || other.time_us > row.time_us + query.size_us) return;
    expected.final[epoch].insert("id=" + std::to_string(row.id) +
                                 ";other_id=" + std::to_string(other.id) + ";");
  };
  std::vector<const InputRow*> rows;
  std::vector<const InputRow*> others;
  for (const auto& epoch : epochs) {
    for (const auto* row : epoch.rows)
      for (const auto* other : others) meet(*row, *other, epoch.number);
    rows.insert(rows.end(), epoch.rows.begin(), epoch.rows.end());
    for (const auto* other : epoch.others)
      for (const auto* row : rows) meet(*row, *other, epoch.number);
    others.insert(others.end(), epoch.others.begin(), epoch.others.end());
  }
  return expected;
}

}  // namespace

Expected expect(const Query& query, const std::vector<ReadEpoch>& epochs) {
  switch (query.kind) {
    case QueryKind::filter:
      return expect_filter(epochs);
    case QueryKind::running:
      return expect_running(epochs);
    case QueryKind::distinct:
      return expect_distinct(query, epochs);
    case QueryKind::session:
      return expect_sessions(query, epochs);
    case QueryKind::join:
      return expect_join(query, epochs);
    case QueryKind::tumbling:
    case QueryKind::sliding:
    case QueryKind::windows_of_distinct:
      break;
  }
  return expect_windows(query, epochs);
}

std::string group_of(const std::string& row) {
  std::string group;
  for (size_t at = 0; at < row.size();) {
    const auto end = row.find(';', at) + 1;
    const auto field = row.substr(at, end - at);
    if (field.starts_with("key=") || field.starts_with("window_")) group += field;
    at = end;
  }
  return group;
}

}  // namespace millrace::simulation
