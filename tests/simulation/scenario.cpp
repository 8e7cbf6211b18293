#include "tests/simulation/scenario.hpp"

#include <algorithm>

#include "core/checkpoint/checkpoint.hpp"
#include "core/system/random.hpp"

namespace millrace::simulation {
namespace {

constexpr int64_t millisecond = 1000;
constexpr int64_t second = 1000 * millisecond;
constexpr int64_t first_time = 1'000 * second;  // of events
constexpr int most_faults = 6;

/// The choices of one seed.
class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}

  int64_t between(int64_t least, int64_t most) {
    return least + static_cast<int64_t>(random_.below(static_cast<uint64_t>(most - least + 1)));
  }
  bool one_in(uint64_t count) { return random_.below(count) == 0; }
  template <class T>
  T any_of(std::initializer_list<T> choices) {
    return choices.begin()[random_.below(choices.size())];
  }
  uint64_t bits() { return random_.next(); }
  /// Small numbers more often than large ones.
  uint64_t skewed(uint64_t most) { return random_.below(random_.below(most) + 1); }

 private:
  Rng random_;
};

Job draw_frame(Draw& draw) {
  Job job;
  job.trigger = draw.any_of({TriggerChoice::default_, TriggerChoice::processing_time,
                             TriggerChoice::available_now, TriggerChoice::once,
                             TriggerChoice::continuous, TriggerChoice::continuous});
  job.interval_us = draw.between(20, 400) * millisecond;
  job.shards = static_cast<int>(draw.between(1, 4));
  job.retain_epochs = static_cast<int>(draw.between(1, 4));
  job.batch = draw.between(1, 12);
  job.announces = !draw.one_in(8);
  job.has_background = draw.one_in(2);
  job.delay_us = draw.between(0, 8) * second;
  if (draw.one_in(3)) job.idle_after_us = draw.between(50, 400) * millisecond;
  job.across_max = draw.one_in(5);
  if (draw.one_in(3)) job.decision_kept_us = 100 * millisecond;
  job.call_takes_us = draw.one_in(3) ? 0 : draw.between(1, 3000);
  return job;
}

std::vector<SinkChoice> draw_sinks(Draw& draw, const Query& query) {
  const bool windowed = query.kind == QueryKind::tumbling || query.kind == QueryKind::sliding;
  std::vector<ModeChoice> modes{ModeChoice::append};
  if (windowed) modes.push_back(ModeChoice::update);
  if (query.kind == QueryKind::running) modes = {ModeChoice::update, ModeChoice::complete};
  std::vector<SinkChoice> sinks;
  for (const auto mode : modes)
    if (sinks.empty() || draw.one_in(2))
      sinks.push_back({draw.any_of({SinkKind::rows, SinkKind::parts, SinkKind::log}), mode});
  if (draw.one_in(3)) sinks.push_back({SinkKind::log, sinks.front().mode});
  for (size_t i = 0; i < sinks.size(); ++i) sinks[i].name = query.name + "_out" + std::to_string(i);
  return sinks;
}

std::vector<Query> draw_queries(Draw& draw) {
  std::vector<Query> queries;
  const auto count = draw.between(1, 3);
  for (int64_t i = 0; i < count; ++i) {
    Query query;
    query.kind = draw.any_of({QueryKind::filter, QueryKind::tumbling, QueryKind::sliding,
                              QueryKind::session, QueryKind::running, QueryKind::distinct,
                              QueryKind::windows_of_distinct, QueryKind::join});
    query.name = "query" + std::to_string(i);
    query.size_us = draw.between(1, 10) * second;
    query.slide_us = draw.between(1, query.size_us / second) * second;
    // Of rows that differ in time alone the first one counts, and which that is may depend on how
    // an epoch falls into rounds.
    query.distinct_in_time = draw.one_in(2) || query.kind == QueryKind::windows_of_distinct;
    query.sinks = draw_sinks(draw, query);
    queries.push_back(std::move(query));
  }
  return queries;
}

/// Rows whose times grow with their arrival, out of order by less than `disorder_us`.
struct InputShape {
  int64_t partitions = 1;
  int64_t rows = 1;
  int64_t disorder_us = 0;
  bool some_late = false;
  bool some_partitions_later = false;
};

Input draw_input(Draw& draw, const InputShape& shape, int64_t first_id) {
  Input input(static_cast<size_t>(shape.partitions));
  const int64_t keys = draw.between(1, 5);
  int64_t id = first_id;
  for (auto& partition : input) {
    if (shape.some_partitions_later && draw.one_in(3))
      partition.appears_us = draw.between(1, 1500) * millisecond;
    int64_t now = partition.appears_us;
    int64_t time = first_time + draw.between(0, 3) * second;
    for (int64_t i = 0; i < shape.rows; ++i) {
      // A partition that nobody knows of holds no watermark back.
      const bool at_once = i == 0 && !shape.some_partitions_later;
      if (!at_once && !draw.one_in(3))
        now += draw.between(0, draw.one_in(10) ? 500 : 40) * millisecond;
      time += draw.between(0, 1500) * millisecond;
      InputRow row;
      row.arrives_us = now;
      row.id = id++;
      if (!draw.one_in(9)) row.key = "k" + std::to_string(draw.between(1, keys));
      if (!draw.one_in(9)) row.value = draw.between(-3, 20);
      row.time_us = time - draw.between(0, shape.disorder_us / millisecond) * millisecond;
      if (shape.some_late && draw.one_in(8)) row.time_us -= draw.between(1, 40) * second;
      if (draw.one_in(6)) row.time_us -= row.time_us % second;  // Times on the bounds of windows.
      partition.rows.push_back(std::move(row));
    }
  }
  return input;
}

/// The result of a join does not depend on epochs where no row can be late.
void make_punctual(Job& job, InputShape& shape) {
  job.idle_after_us.reset();
  job.across_max = false;
  job.delay_us = std::max<int64_t>(job.delay_us, 2 * second);
  shape.disorder_us = std::min(shape.disorder_us, job.delay_us - second - millisecond);
  shape.some_late = false;
  shape.some_partitions_later = false;
}

std::vector<Fault> draw_faults(Draw& draw, const Job& job) {
  std::vector<FaultKind> kinds{
      FaultKind::kill_at_disk, FaultKind::power_loss,   FaultKind::io_error, FaultKind::disk_full,
      FaultKind::read_only,    FaultKind::kill_at_call, FaultKind::stop,     FaultKind::clock_jump,
      FaultKind::source_error, FaultKind::sink_error,   FaultKind::bit_rot};
  if (job.has(SinkKind::log))
    for (const auto kind :
         {FaultKind::decision_lost, FaultKind::decision_unanswered, FaultKind::decision_delayed,
          FaultKind::decision_sent_twice, FaultKind::marker_forgotten, FaultKind::kill_at_call,
          FaultKind::decision_delayed})
      kinds.push_back(kind);
  // Each seed knows a few kinds only, so that some meet often.
  std::vector<FaultKind> chosen(4);
  for (auto& kind : chosen) kind = kinds[draw.bits() % kinds.size()];
  std::vector<Fault> faults;
  const auto count = draw.between(0, most_faults);
  int life = 0;
  for (int64_t i = 0; i < count; ++i) {
    Fault fault{chosen[draw.bits() % chosen.size()], life, 0, draw.bits()};
    const bool at_disk = fault.kind <= FaultKind::read_only;
    const bool at_decision =
        fault.kind >= FaultKind::decision_lost && fault.kind <= FaultKind::decision_sent_twice;
    fault.at = draw.skewed(at_disk ? 250 : at_decision ? 12 : 400);
    faults.push_back(fault);
    if (!draw.one_in(3)) ++life;
  }
  return faults;
}

}  // namespace

bool Job::has(SinkKind kind) const {
  return std::ranges::any_of(queries, [&](const Query& query) {
    return std::ranges::any_of(query.sinks,
                               [&](const SinkChoice& sink) { return sink.kind == kind; });
  });
}

bool Job::has(QueryKind kind) const {
  return std::ranges::any_of(queries, [&](const Query& query) { return query.kind == kind; });
}

Scenario draw(uint64_t seed) {
  Draw draw(seed);
  Scenario scenario;
  scenario.seed = seed;
  scenario.job = draw_frame(draw);
  scenario.job.queries = draw_queries(draw);
  InputShape shape;
  shape.partitions = draw.between(1, 3);
  shape.rows = draw.between(3, 40);
  shape.disorder_us = draw.between(0, 6) * second;
  shape.some_late = draw.one_in(2);
  shape.some_partitions_later = draw.one_in(2);
  const bool joins = scenario.job.has(QueryKind::join);
  if (joins) make_punctual(scenario.job, shape);
  scenario.inputs.push_back(draw_input(draw, shape, 0));
  if (joins) scenario.inputs.push_back(draw_input(draw, shape, 1'000'000));
  scenario.faults = draw_faults(draw, scenario.job);
  scenario.job.changes_in_record_max =
      draw.any_of({0U, 300U, CheckpointOptions{}.changes_in_record_max});
  return scenario;
}

}  // namespace millrace::simulation
