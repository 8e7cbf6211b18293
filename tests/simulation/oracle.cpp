#include "tests/simulation/oracle.hpp"

#include <algorithm>

#include "tests/simulation/reference.hpp"
#include "tests/simulation/watermark_bounds.hpp"

namespace millrace::simulation {
namespace {

using ByEpoch = std::map<int64_t, Rows>;

class Judge {
 public:
  explicit Judge(const World& world) : world_(world), job_(world.scenario().job), bounds_(job_) {}

  std::vector<Violation> judge() {
    read_epochs();
    for (const auto& query : job_.queries) {
      const auto expected = expect(query, epochs_);
      for (const auto& sink : query.sinks) check(sink, expected);
      check_last_watermark(query);
    }
    return std::move(violations_);
  }

 private:
  void complain(const std::string& what) { violations_.push_back({what}); }

  // What each epoch read, and that all of it together is the input, once and in order (I7).
  void read_epochs() {
    std::map<std::string, int64_t> next;
    for (const auto& plan : world_.committed) {
      ReadEpoch epoch;
      epoch.number = static_cast<int64_t>(plan.epoch);
      epoch.opens_with_watermark = plan.opens_with_watermark;
      epoch.watermarks = plan.watermarks;
      if (epoch.number != static_cast<int64_t>(epochs_.size()))
        complain("epoch " + std::to_string(epoch.number) + " is committed in place of epoch " +
                 std::to_string(epochs_.size()) + " (I10)");
      check_watermarks(plan);
      read(plan, "events", 0, epoch.rows, next);
      read(plan, "others", 1, epoch.others, next);
      bounds_.end_epoch();
      epochs_.push_back(std::move(epoch));
    }
    for (size_t i = 0; i < world_.scenario().inputs.size(); ++i)
      for (size_t j = 0; j < world_.scenario().inputs[i].size(); ++j) {
        const auto rows = static_cast<int64_t>(world_.scenario().inputs[i][j].rows.size());
        const auto read = next[name_of(i, std::to_string(j))];
        if (read != rows)
          complain("of " + std::to_string(rows) + " rows of " + name_of(i, std::to_string(j)) +
                   " only " + std::to_string(read) + " are in a committed epoch");
      }
  }

  static std::string name_of(size_t input, const std::string& partition) {
    return (input == 0 ? "events/" : "others/") + partition;
  }

  void read(const EpochPlan& plan, const std::string& source, size_t input,
            std::vector<const InputRow*>& rows, std::map<std::string, int64_t>& next) {
    const auto planned = plan.sources.find(source);
    if (planned == plan.sources.end()) return;
    for (const auto& range : planned->second.ranges) {
      auto& at = next[name_of(input, range.partition)];
      if (range.start != at)
        complain("epoch " + std::to_string(plan.epoch) + " reads " +
                 name_of(input, range.partition) + " from " + std::to_string(range.start) +
                 ", not from " + std::to_string(at) + " (I7)");
      const auto& partition = world_.scenario().inputs.at(input).at(std::stoul(range.partition));
      for (at = range.start; at < range.end; ++at) {
        rows.push_back(&partition.rows.at(static_cast<size_t>(at)));
        if (input == 0) bounds_.read(range.partition, rows.back()->time_us);
      }
    }
  }

  // What an epoch goes by comes from the epochs before it (I10).
  void check_watermarks(const EpochPlan& plan) {
    for (const auto& [transform, watermark] : plan.watermarks)
      if (watermark.watermark_us > bounds_.most())
        complain("in epoch " + std::to_string(plan.epoch) + " the watermark of " + transform +
                 " is ahead of what was read: " + std::to_string(watermark.watermark_us) +
                 ", not at most " + std::to_string(bounds_.most()));
  }

  // Everybody went by what was read last.
  void check_last_watermark(const Query& query) {
    if (job_.trigger == TriggerChoice::once || epochs_.empty()) return;
    const auto& watermarks = epochs_.back().watermarks;
    const auto found = watermarks.find(query.name);
    if (found == watermarks.end() || query.kind == QueryKind::running) return;
    if (found->second.watermark_us < bounds_.least_in_the_end())
      complain("the last watermark of " + query.name + " is " +
               std::to_string(found->second.watermark_us) + ", not " +
               std::to_string(bounds_.least_in_the_end()));
  }

  void check(const SinkChoice& sink, const Expected& expected) {
    std::map<int64_t, std::vector<std::string>> shown;
    if (sink.kind == SinkKind::log) {
      for (const auto& row : world_.log.committed())
        if (row.sink == sink.name) shown[row.epoch].push_back(row.row);
    } else if (sink.kind == SinkKind::parts) {
      if (const auto store = world_.part_stores.find(sink.name); store != world_.part_stores.end())
        shown = store->second.visible;
    } else if (const auto rows = world_.shown.find(sink.name); rows != world_.shown.end()) {
      for (const auto& row : rows->second) shown[row.epoch].push_back(row.row);
    }
    if (sink.mode == ModeChoice::complete) return check_whole(sink, shown, expected.whole);
    const ByEpoch& wanted = sink.mode == ModeChoice::append ? expected.final : expected.changed;
    for (size_t i = 0; i < epochs_.size(); ++i) {
      const auto epoch = static_cast<int64_t>(i);
      const auto rows = wanted.find(epoch);
      check_epoch(sink, epoch, shown[epoch], rows == wanted.end() ? Rows{} : rows->second);
    }
    if (!shown.empty() && shown.rbegin()->first >= static_cast<int64_t>(epochs_.size()))
      complain(sink.name + " shows rows of an epoch that was never committed");
  }

  void check_epoch(const SinkChoice& sink, int64_t epoch, const std::vector<std::string>& shown,
                   const Rows& wanted) {
    const bool continuous = job_.trigger == TriggerChoice::continuous;
    if (sink.mode == ModeChoice::update && continuous)
      return compare(sink, epoch, last_of_each_group(shown), wanted);
    const Rows rows(shown.begin(), shown.end());
    if (sink.kind != SinkKind::rows) return compare(sink, epoch, rows, wanted);
    Rows missing;
    std::set_difference(wanted.begin(), wanted.end(), rows.begin(), rows.end(),
                        std::inserter(missing, missing.begin()));
    if (!missing.empty())
      complain(sink.name + " misses in epoch " + std::to_string(epoch) + " " + *missing.begin());
    // Until it is cut, a continuous epoch may be read again in another way.
    if (continuous) return;
    for (const auto& row : rows)
      if (!wanted.contains(row))
        return complain(sink.name + " shows in epoch " + std::to_string(epoch) +
                        " what is no result: " + row);
  }

  static Rows last_of_each_group(const std::vector<std::string>& shown) {
    std::map<std::string, std::string> last;
    for (const auto& row : shown) last[group_of(row)] = row;
    Rows rows;
    for (const auto& [group, row] : last) rows.insert(row);
    return rows;
  }

  void compare(const SinkChoice& sink, int64_t epoch, const Rows& shown, const Rows& wanted) {
    if (shown == wanted) return;
    Rows missing;
    Rows foreign;
    std::set_difference(wanted.begin(), wanted.end(), shown.begin(), shown.end(),
                        std::inserter(missing, missing.begin()));
    std::set_difference(shown.begin(), shown.end(), wanted.begin(), wanted.end(),
                        std::inserter(foreign, foreign.begin()));
    std::string what =
        sink.name + " shows other rows than it must in epoch " + std::to_string(epoch);
    if (!missing.empty())
      what += "; " + std::to_string(missing.size()) + " are missing, such as " + *missing.begin();
    if (!foreign.empty())
      what += "; " + std::to_string(foreign.size()) + " are too many, such as " + *foreign.begin();
    complain(what);
  }

  void check_whole(const SinkChoice& sink, const std::map<int64_t, std::vector<std::string>>& shown,
                   const Rows& wanted) {
    if (shown.empty()) {
      if (!wanted.empty()) complain(sink.name + " never shows the whole result");
      return;
    }
    const auto& [epoch, newest] = *shown.rbegin();
    Rows rows(newest.begin(), newest.end());
    if (sink.kind == SinkKind::rows) rows = last_of_each_group(newest);
    compare(sink, epoch, rows, wanted);
  }

  const World& world_;
  const Job& job_;
  WatermarkBounds bounds_;
  std::vector<ReadEpoch> epochs_;
  std::vector<Violation> violations_;
};

}  // namespace

std::vector<Violation> judge(const World& world) { return Judge(world).judge(); }

}  // namespace millrace::simulation
