#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "millrace/settings.hpp"
#include "millrace/source.hpp"

#include "plugins/kafka/cluster.hpp"
#include "plugins/kafka/data_loss.hpp"
#include "plugins/kafka/fetcher_pool.hpp"
#include "plugins/kafka/positions.hpp"
#include "plugins/kafka/starting_point.hpp"
#include "plugins/kafka/subscription.hpp"

namespace millrace::kafka {

struct SourceSettings {
  std::string bootstrap_servers;
  StringList subscribe;
  std::string subscribe_pattern;
  std::string assign;
  std::string starting_offsets = "latest";
  std::string starting_timestamp;
  std::string starting_offsets_by_timestamp;
  int64_t max_offsets_per_trigger = 1'000'000;
  bool fail_on_data_loss = true;
  std::string group_id;
  Duration poll_timeout{120'000'000};
  std::string fetcher = "auto";
  StringMap kafka;

  static std::vector<Setting<SourceSettings>> list();
};

/// Reads topics. A position is the next offset of each partition, as JSON.
class KafkaSource final : public Source {
 public:
  KafkaSource(const SourceSettings& settings, Context context);

  Schema schema() const override;
  std::string latest(const std::string& position) override;
  std::string arrived(const std::string& position) override;
  InputPlan plan(const std::string& position, const std::string& target,
                 bool without_limit) override;
  void limit(int64_t size) override { limit_ = size; }
  void committed(const std::string& position) override;
  std::unique_ptr<Reader> open(const Range& range, const std::vector<int>& columns) override;

 private:
  void look_for_topics(bool now);
  void watch(const Offsets& position);
  void check_still_there(const Offsets& position);
  Offsets start_of(const std::string& position, const Offsets& target);
  Offsets beginning_of_what_is_there(const std::string& position);
  std::optional<Offsets> at_hand(const Offsets& position);
  void check_within(const Offsets& target, Offsets& from, InputPlan& plan);

  SourceSettings settings_;
  Context context_;
  Subscription subscription_;
  StartingPoint start_;
  DataLoss data_loss_;
  std::shared_ptr<ClientLog> log_;
  Cluster cluster_;
  FetcherPool fetchers_;
  Positions positions_;
  Offsets partitions_;  // All that there are to read; only the partitions matter.
  Offsets ends_;        // As last seen.
  int64_t limit_ = 0;   // What the engine allows an epoch; 0: what the settings do.
  int64_t next_look_us_ = 0;
  int64_t next_check_us_ = 0;
  bool is_at_hand_ = false;  // What was last asked for.
};

}  // namespace millrace::kafka
