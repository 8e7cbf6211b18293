#pragma once
// Every series of one component: the handles that the engine updates per batch and those that are
// set per epoch from its progress.

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "millrace/error.hpp"

#include "core/observe/component_metrics.hpp"
#include "core/observe/epoch_progress.hpp"
#include "core/observe/family_set.hpp"

namespace millrace::observe {

class ComponentSeries {
 public:
  ComponentSeries(FamilySet& families, ComponentIdentity identity);

  const ComponentMetrics& per_batch() const { return per_batch_; }
  const Labels& labels() const { return labels_; }

  Counter errors(ErrorStage stage, Blame blame);
  void limit(double size) { families_.gauge("millrace_source_limit", labels_).set(size); }
  void stuck(double seconds) { stuck_.set(seconds); }
  void source(const SourceProgress& progress);
  void state(const StateOperatorProgress& progress);
  void sink(const SinkProgress& progress);
  void event_times(const EventTimes& times);

 private:
  struct PartitionSeries {
    Gauge lag;
    Gauge committed;
    Gauge latest;
    Gauge idle;
    Counter lost;
  };

  Labels with(std::initializer_list<Labels::value_type> more) const;
  OutputMetrics output(const std::string& name);
  void add_flow();
  void add_stateful();
  void add_watermark();
  void add_sink();
  void partition(const PartitionProgress& progress);

  FamilySet& families_;
  ComponentIdentity identity_;
  Labels labels_;
  ComponentMetrics per_batch_;
  Gauge stuck_;
  Gauge state_rows_;
  Gauge state_bytes_;
  Counter state_rows_updated_;
  Counter state_rows_removed_;
  Histogram commit_duration_;
  std::map<std::pair<std::string, std::string>, PartitionSeries> partitions_;
};

}  // namespace millrace::observe
