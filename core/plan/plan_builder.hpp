#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/config/config.hpp"
#include "core/diagnostics/diagnostic.hpp"
#include "core/plan/bind_options.hpp"
#include "core/plan/plan.hpp"
#include "core/plugin/catalog.hpp"

namespace millrace {

/// The columns of each source that somebody reads, by component name; a source that is not there
/// puts out all its columns.
using NeededColumns = std::map<std::string, std::set<std::string>>;

/// Conditions that are evaluated before the place where they are written.
struct MovedConditions {
  /// In front of a watermark, by the name of the component that declares it.
  std::map<std::string, std::vector<Ast>> by_watermark;
  /// On the keys of an aggregation, as far in front of it as a component without a watermark, or
  /// with one whose event time they use; by the component's name.
  std::map<std::string, std::vector<Ast>> by_output;
  /// Conditions on the windows of an aggregation, by its name; as SQL.
  std::map<std::string, std::string> by_window;
  /// Conditions written after an inner join, by its name: parts of its own.
  std::map<std::string, std::string> by_join;
};

/// Builds the nodes of a plan, inputs first. A component that cannot be bound is left out and so
/// are its readers, which would only repeat the complaint.
class PlanBuilder {
 public:
  PlanBuilder(const Config& config, const Catalog& catalog, HostServices& services,
              Diagnostics& diagnostics);

  /// Binds everything anew; with `needed`, sources put out those columns only.
  Plan build(const NeededColumns& needed, const MovedConditions& moved);

  /// What the last build found out; valid until the next one.
  NeededColumns needed_columns(const Plan& plan) const;
  const std::map<size_t, JoinParts>& joins() const { return joins_; }

 private:
  void bind(size_t component);
  bool has_late_rows(const PlannedNode& node, const Edge& edge);
  void bind_source(const Component& component, PlannedNode& node);
  void bind_table(const Component& component, PlannedNode& node);
  void bind_transform(const Component& component, PlannedNode& node);
  void bind_state(const Component& component, TransformNode& transform);
  void bind_sink(const Component& component, PlannedNode& node);
  void check_delivery(const Component& component, uint32_t sink_flags);
  OptionBinder binder_for(const Component& component, const PlannedNode& node);

  // bind_source.cpp
  std::shared_ptr<const Schema> source_rows(const Component& component, PlannedNode& node);
  std::optional<Schema> declared_schema(const Component& component, const ComponentType& format);
  void choose_columns(PlannedNode& node, const Schema& rows);

  // bind_streams.cpp
  bool bind_inputs(const Component& component, PlannedNode& node, bool with_hidden);
  bool bind_separate_inputs(const Component& component, PlannedNode& node);
  StreamInfo stream_of(const PlannedInput& input) const;
  bool align(const Component& component, const Edge& edge, const StreamInfo& first,
             const StreamInfo& other, PlannedInput& input);
  void declare_watermark(const Component& component, PlannedNode& node);
  using Programs = std::vector<std::shared_ptr<const Program>>;
  Programs bind_moved(const std::map<std::string, std::vector<Ast>>& moved, const std::string& name,
                      const Schema& schema) const;

  // bind_component.cpp
  const ComponentType* find_type(const Component& component);
  void check_unbound(const Component& component);
  /// Has `make_from` make the component of its options. It throws what a plugin refuses; an entry
  /// that is refused is left out, and the rest tried, so that all that is wrong is told at once.
  bool make(const Component& component, const ComponentType& type, OptionBinder& binder,
            const std::function<void(const ComponentParts&)>& make_from);
  std::optional<ComponentParts> parts_of_choice(PluginKind kind, const PluginChoice& choice,
                                                const std::string& title,
                                                const std::string& component_name);
  void report(const Error& error, const Component& component);
  std::optional<PlannedFormat> bind_format(const Component& component, const PluginChoice& choice,
                                           std::shared_ptr<const Schema> rows);

  /// What plugins are told of meaning().
  HostMeaning host_meaning() const;
  Options meaning() const { return {config_.ansi, config_.session_time_zone.value}; }

  const Config& config_;
  const Catalog& catalog_;
  HostServices& services_;
  Diagnostics& diagnostics_;
  const NeededColumns* needed_ = nullptr;
  const MovedConditions* moved_ = nullptr;
  Plan plan_;
  bool state_refused_ = false;
  std::map<size_t, size_t> node_of_;                         // component -> node
  std::map<size_t, std::shared_ptr<SourceHandle>> sources_;  // by component, kept between builds
  std::map<size_t, std::set<int>> option_columns_;           // node -> columns its options read
  std::map<size_t, JoinParts> joins_;  // node -> its condition over two inputs
};

/// Fills PlannedNode::clock.
void assign_clocks(Plan& plan);

/// Checks what sinks ask of the transforms above them, and fills PlannedNode::modes.
void check_modes(Plan& plan, Diagnostics& diagnostics);

/// Brings the sinks together that decide epochs, and says what each sink promises.
void check_deliveries(Plan& plan, Diagnostics& diagnostics);

/// Finds conditions that Spark would evaluate before a watermark though they are written after it.
MovedConditions move_filters(const Config& config);

/// The same for the conditions of joins, which need to know what belongs to which input.
void move_join_conditions(const Plan& plan, const std::map<size_t, JoinParts>& joins,
                          MovedConditions& moved);

}  // namespace millrace
