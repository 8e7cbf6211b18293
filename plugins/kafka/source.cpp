#include "plugins/kafka/source.hpp"

#include <algorithm>

#include "plugins/kafka/dangers.hpp"
#include "plugins/kafka/range_reader.hpp"
#include "plugins/kafka/share.hpp"

namespace millrace::kafka {
namespace {

// How often to look for new topics and partitions, and for records that retention has removed.
constexpr int64_t look_interval_us = 1'000'000;
// What a first round takes of a partition of which nothing has arrived yet.
constexpr int64_t offsets_at_first = 10'000;

Connection connection(const SourceSettings& settings, const Context& context) {
  auto group = settings.group_id;
  if (group.empty())
    group = "millrace-" + std::string(context.pipeline()) + "-" + std::string(context.component());
  return {settings.bootstrap_servers, settings.kafka, std::move(group)};
}

void check(const SourceSettings& settings) {
  if (settings.bootstrap_servers.empty())
    throw Error::user("give at least one broker, like \"localhost:9092\"")
        .about("bootstrap_servers");
  if (settings.max_offsets_per_trigger < 0)
    throw Error::user("a limit cannot be negative; 0 means no limit")
        .about("max_offsets_per_trigger");
  if (settings.poll_timeout.microseconds <= 0)
    throw Error::user("poll_timeout must be longer than nothing").about("poll_timeout");
  check_properties(settings.kafka, Side::source);
}

const SourceSettings& checked(const SourceSettings& settings) {
  check(settings);
  return settings;
}

size_t count_partitions(const Offsets& offsets) {
  size_t count = 0;
  for (const auto& [topic, partitions] : offsets) count += partitions.size();
  return count;
}

// The partitions of `all` that `known` does not have.
Offsets unknown(const Offsets& all, const Offsets& known) {
  Offsets result;
  for (const auto& [topic, partitions] : all)
    for (const auto& [partition, value] : partitions)
      if (find(known, topic, partition) == nullptr) result[topic][partition] = 0;
  return result;
}

void merge(const Offsets& from, Offsets& into) {
  for (const auto& [topic, partitions] : from)
    for (const auto& [partition, offset] : partitions) into[topic][partition] = offset;
}

}  // namespace

std::vector<Setting<SourceSettings>> SourceSettings::list() {
  using S = SourceSettings;
  return {
      {"bootstrap_servers", &S::bootstrap_servers, required,
       "Brokers to begin with: \"HOST:PORT,HOST:PORT\"."},
      {"subscribe", &S::subscribe, optional,
       "Topics to read. Give this, subscribe_pattern or assign."},
      {"subscribe_pattern", &S::subscribe_pattern, optional,
       "Reads every topic whose whole name matches this regular expression, also topics made "
       "later."},
      {"assign", &S::assign, optional, "Single partitions to read, as JSON: {\"views\":[0,1]}."},
      {"starting_offsets", &S::starting_offsets, optional,
       "Where a pipeline without a checkpoint begins: \"earliest\", \"latest\", or JSON with an "
       "offset for each partition, {\"views\":{\"0\":23,\"1\":-2}}, -1 for the latest and -2 for "
       "the earliest. Partitions that appear later are read from their beginning."},
      {"starting_timestamp", &S::starting_timestamp, optional,
       "Begin with the first record of this time or later, in every partition: ISO-8601 or "
       "milliseconds since 1970. Where there is none, at the end. Goes before starting_offsets."},
      {"starting_offsets_by_timestamp", &S::starting_offsets_by_timestamp, optional,
       "The same for each partition, as JSON with milliseconds: "
       "{\"views\":{\"0\":1700000000000}}."},
      {"max_offsets_per_trigger", &S::max_offsets_per_trigger, optional,
       "How many offsets an epoch takes at most, shared by the partitions in proportion to what "
       "they have. 0 for no limit."},
      {"fail_on_data_loss", &S::fail_on_data_loss, optional,
       "Whether to stop when records that should be read are gone: removed by retention, or with "
       "their topic. If not, reading goes on with the first record that is there."},
      {"group_id", &S::group_id, optional,
       "The consumer group that offsets are committed to for lag tools; Millrace itself goes by "
       "its checkpoint. Default: millrace-PIPELINE-COMPONENT."},
      {"poll_timeout", &S::poll_timeout, optional,
       "How long to wait for records that are known to be there."},
      {"fetcher", &S::fetcher, optional,
       "Who fetches records. \"direct\": Millrace itself, over plain TCP, at a fraction of the "
       "cost. \"librdkafka\": as its properties in `kafka` say. \"auto\": directly where there are "
       "no more than 64 partitions and no property asks for more than that can do, like TLS.",
       "auto,direct,librdkafka"},
      {"kafka", &S::kafka, secret,
       "Properties of librdkafka, like { \"security.protocol\" = \"SASL_SSL\" }. "
       "isolation.level is read_committed unless given here."},
  };
}

KafkaSource::KafkaSource(const SourceSettings& settings, Context context)
    : settings_(checked(settings)),
      context_(context),
      subscription_(settings_.subscribe, settings_.subscribe_pattern, settings_.assign),
      start_({settings_.starting_offsets, settings_.starting_timestamp,
              settings_.starting_offsets_by_timestamp},
             subscription_),
      data_loss_(settings_.fail_on_data_loss, context),
      log_(std::make_shared<ClientLog>(context)),
      cluster_(connection(settings_, context), log_),
      fetchers_(connection(settings_, context), settings_.fetcher, cluster_, log_) {
  for (const auto& danger : dangers(settings_.bootstrap_servers, settings_.kafka))
    context.warn(danger);
}

Schema KafkaSource::schema() const { return record_schema(); }

void KafkaSource::look_for_topics(bool now) {
  const auto time = context_.now_us();
  if (!now && time < next_look_us_ && !partitions_.empty()) return;
  const auto found = cluster_.topics(subscription_.names());
  next_look_us_ = time + look_interval_us;
  partitions_ = subscription_.select(found);
  fetchers_.expect(count_partitions(partitions_));
}

// Forgets topics and partitions that are gone, or refuses to.
void KafkaSource::check_still_there(const Offsets& position) {
  const auto gone = unknown(position, partitions_);
  for (const auto& [topic, partitions] : gone) {
    if (!subscription_.covers(topic)) {
      context_.warn("topic \"" + topic + "\" was read before but is not subscribed to any more");
      continue;
    }
    for (const auto& [partition, zero] : partitions)
      data_loss_.report("partition " + partition_name(topic, partition) +
                        " does not exist any more; it had been read up to offset " +
                        std::to_string(*find(position, topic, partition)));
  }
}

std::string KafkaSource::latest(const std::string& position) {
  const auto known =
      position.empty() ? std::make_shared<const Offsets>() : positions_.parse(position);
  is_at_hand_ = false;
  look_for_topics(false);
  if (!unknown(*known, partitions_).empty()) look_for_topics(true);
  for (const auto& name : subscription_.names())
    if (!partitions_.contains(name) && !known->contains(name))
      throw Error::external("Kafka at " + cluster_.brokers() + ": there is no topic \"" + name +
                            "\"; create it, or look at `subscribe`");
  check_still_there(*known);
  try {
    ends_ = cluster_.ends(partitions_);
  } catch (const Error&) {
    next_look_us_ = 0;  // A topic may have gone.
    throw;
  }
  watch(*known);
  return positions_.write(ends_);
}

// Where everything was read, has the next record fetched and announced as soon as it is there.
void KafkaSource::watch(const Offsets& position) {
  for (const auto& [topic, partitions] : position)
    for (const auto& [partition, offset] : partitions)
      if (const auto* end = find(ends_, topic, partition); end != nullptr && offset == *end) {
        auto& fetcher = fetchers_.idle({topic, partition});
        fetcher.seek(offset);
        if (fetcher.arrived() > *end || fetcher.is_lost()) context_.input_arrived();
      }
}

// The ends of what has arrived of each partition. None: the broker has to be asked, as partitions
// came or went, or lost what was to be read.
std::optional<Offsets> KafkaSource::at_hand(const Offsets& position) {
  if (position.empty() || !unknown(partitions_, position).empty() ||
      !unknown(position, partitions_).empty())
    return std::nullopt;
  Offsets ends;
  for (const auto& [topic, partitions] : position) {
    for (const auto& [partition, offset] : partitions) {
      auto& fetcher = fetchers_.idle({topic, partition});
      fetcher.seek(offset);
      const auto end = ends[topic][partition] = fetcher.arrived();
      if (fetcher.is_lost()) return std::nullopt;
      ends_[topic][partition] = std::max(end, fetcher.log_end());
    }
  }
  return ends;
}

std::string KafkaSource::arrived(const std::string& position) {
  look_for_topics(false);
  if (!position.empty()) {
    if (auto ends = at_hand(*positions_.parse(position))) {
      is_at_hand_ = true;
      return positions_.write(std::move(*ends));
    }
  }
  next_check_us_ = 0;
  latest(position);
  return positions_.write(beginning_of_what_is_there(position));
}

// Rounds are short, and what follows will have arrived here: a first epoch of all that a topic
// holds would show and commit nothing for as long as that takes.
Offsets KafkaSource::beginning_of_what_is_there(const std::string& position) {
  const Offsets from = start_of(position, ends_);
  const Offsets first = cluster_.beginnings(from);
  Offsets target = ends_;
  for (auto& [topic, partitions] : target)
    for (auto& [partition, end] : partitions)
      if (const auto* start = find(from, topic, partition); start != nullptr)
        end = std::min(end, std::max(*start, *find(first, topic, partition)) + offsets_at_first);
  return target;
}

Offsets KafkaSource::start_of(const std::string& position, const Offsets& target) {
  if (position.empty()) return start_.resolve(cluster_, target);
  Offsets from;
  const auto known = positions_.parse(position);
  for (const auto& [topic, partitions] : *known)
    for (const auto& [partition, offset] : partitions)
      if (find(target, topic, partition) != nullptr) from[topic][partition] = offset;
  if (const auto added = unknown(target, from); !added.empty())
    merge(cluster_.beginnings(added), from);
  return from;
}

// Moves starts that lie outside of their partitions, or refuses to.
void KafkaSource::check_within(const Offsets& target, Offsets& from, InputPlan& plan) {
  const auto time = context_.now_us();
  bool beyond = false;
  for (const auto& [topic, partitions] : from)
    for (const auto& [partition, start] : partitions)
      beyond = beyond || start > *find(target, topic, partition);
  // Readers find out by themselves; this is to say it early, and how much it was.
  if (!beyond && (is_at_hand_ || time < next_check_us_)) return;
  next_check_us_ = time + look_interval_us;
  const auto first = cluster_.beginnings(from);
  for (auto& [topic, partitions] : from) {
    for (auto& [partition, start] : partitions) {
      const auto begin = *find(first, topic, partition);
      const auto end = *find(target, topic, partition);
      const bool shrunk = start > end && start > *find(cluster_.ends(from), topic, partition);
      if (start >= begin && !shrunk) continue;
      const auto name = partition_name(topic, partition);
      data_loss_.report("partition " + name + " has no offset " + std::to_string(start) +
                        ", it has offsets " + std::to_string(begin) + " to " + std::to_string(end) +
                        (shrunk ? " (was the topic deleted and made again?)" : ""));
      if (!shrunk) plan.lost.emplace_back(name, begin - start);
      start = begin;
    }
  }
}

InputPlan KafkaSource::plan(const std::string& position, const std::string& target_text,
                            bool without_limit) {
  const auto parsed_target = positions_.parse(target_text);
  const Offsets& target = *parsed_target;
  InputPlan plan;
  auto from = start_of(position, target);
  check_within(target, from, plan);
  auto until = limited(from, target,
                       without_limit ? 0 : lower_limit(settings_.max_offsets_per_trigger, limit_));
  for (auto& [topic, partitions] : until) {
    for (auto& [partition, end] : partitions) {
      const auto start = *find(from, topic, partition);
      end = std::max(end, start);
      const auto name = partition_name(topic, partition);
      if (end > start) plan.ranges.push_back({name, start, end, ""});
      const auto* seen = find(ends_, topic, partition);
      const auto latest = std::max(seen != nullptr ? *seen : 0, *find(target, topic, partition));
      plan.partitions.push_back({name, topic, partition, end, latest, latest == 0});
    }
  }
  plan.position = positions_.write(std::move(until));
  return plan;
}

void KafkaSource::committed(const std::string& position) {
  cluster_.commit(*positions_.parse(position));
}

std::unique_ptr<Reader> KafkaSource::open(const Range& range, const std::vector<int>& columns) {
  return std::make_unique<RangeReader>(
      ReaderParts{fetchers_, cluster_, data_loss_, context_, settings_.poll_timeout.microseconds},
      range, columns);
}

}  // namespace millrace::kafka
