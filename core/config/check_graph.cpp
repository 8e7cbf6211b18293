// What can be said about the graph of components before any plugin is loaded. Each mistake is
// reported once, where it was made: an input that does not exist does not also make the component
// that was meant look unread.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.hpp"
#include "core/config/scalar.hpp"
#include "core/diagnostics/nearest.hpp"

namespace millrace {
namespace {

/// Matches `*` to any run of characters.
bool matches(std::string_view pattern, std::string_view name) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  if (name.substr(0, star) != pattern.substr(0, star)) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t at = star; at <= name.size(); ++at) {
    if (matches(rest, name.substr(at))) return true;
  }
  return false;
}

bool reads_others(ComponentKind kind) {
  return kind == ComponentKind::transform || kind == ComponentKind::sink;
}

/// Sources and transforms: their rows flow. A table's do not.
bool is_stream(ComponentKind kind) {
  return kind == ComponentKind::source || kind == ComponentKind::transform;
}

class Resolver {
 public:
  Resolver(Config& config, Diagnostics& diagnostics)
      : components_(config.components),
        diagnostics_(diagnostics),
        read_(config.components.size(), false) {}

  void run() {
    for (Component& component : components_) {
      if (reads_others(component.kind)) resolve_inputs(component);
    }
  }

  /// Whether anything reads the component, or would if its input were spelt right.
  bool is_read(std::size_t index) const { return read_[index] || any_may_be_meant_; }

 private:
  void resolve_inputs(Component& component) {
    if (component.inputs.empty()) {
      const bool written = component.inputs_span.known();
      diagnostics_
          .error(codes::no_inputs, std::string(name_of(component.kind)) + " `" + component.name +
                                       "` reads from nothing")
          .at(written ? component.inputs_span : component.name_span,
              written ? "the list names no component" : "`inputs` is missing here")
          .help("name what it reads: inputs = [\"" + example_input() + "\"]");
      any_may_be_meant_ = true;
    }
    for (const InputConfig& input : component.inputs) resolve(component, input);
  }

  std::string example_input() const {
    const auto found = std::find_if(components_.begin(), components_.end(),
                                    [](const auto& one) { return is_stream(one.kind); });
    return found == components_.end() ? "NAME" : found->name;
  }

  void resolve(Component& reader, const InputConfig& input) {
    const std::size_t dot = input.text.find('.');
    const std::string base = input.text.substr(0, dot);
    const std::string output = dot == std::string::npos ? "" : input.text.substr(dot + 1);
    const bool is_pattern = base.find('*') != std::string::npos;
    bool found = false;
    for (std::size_t i = 0; i < components_.size(); ++i) {
      const Component& candidate = components_[i];
      if (!matches(base, candidate.name)) continue;
      if (is_pattern && (!is_stream(candidate.kind) || &candidate == &reader)) continue;
      found = true;
      connect(reader, input, i, output, is_pattern);
    }
    if (!found) report_unknown(reader, input, base, is_pattern);
  }

  void connect(Component& reader, const InputConfig& input, std::size_t index,
               const std::string& output, bool is_pattern) {
    read_[index] = true;
    const Component& from = components_[index];
    if (from.kind == ComponentKind::sink &&
        (output != "dead_letter" || reader.kind != ComponentKind::sink))
      return report_sink(reader, input, from, output);
    if (!check_output(reader, input, from, output)) return;
    const auto same = [&](const Edge& edge) {
      return edge.component == index && edge.output == output;
    };
    const auto first = std::find_if(reader.edges.begin(), reader.edges.end(), same);
    if (first == reader.edges.end()) {
      reader.edges.push_back({index, output, input.span});
    } else if (!is_pattern) {
      diagnostics_
          .error(codes::duplicate_input,
                 '`' + reader.name + "` reads from `" + input.text + "` twice")
          .at(input.span, "named again here")
          .at(first->span, "first named here");
    }
  }

  void report_sink(const Component& reader, const InputConfig& input, const Component& from,
                   const std::string& output) {
    const bool letters = output == "dead_letter";
    diagnostics_
        .error(codes::sink_as_input,
               '`' + reader.name + "` reads from the sink `" + from.name + '`')
        .at(input.span,
            letters ? "only a sink can read what a sink refuses" : "a sink has no output")
        .at(from.name_span, "the sink is here")
        .help(letters ? "give them to a sink, which keeps them for another pipeline to read"
                      : "read what the sink reads");
  }

  bool check_output(const Component& reader, const InputConfig& input, const Component& from,
                    const std::string& output) {
    if (output.empty() && input.text.find('.') == std::string::npos) return true;
    const bool has_letters = from.kind == ComponentKind::source || from.kind == ComponentKind::sink;
    if (from.kind == ComponentKind::table) {
      diagnostics_
          .error(codes::unknown_output,
                 "the table `" + from.name + "` has no output `" + output + '`')
          .at(input.span, "a table has rows only");
      return false;
    }
    const std::vector<std::string> outputs = {has_letters ? "dead_letter" : "late"};
    if (std::find(outputs.begin(), outputs.end(), output) == outputs.end()) {
      diagnostics_
          .error(codes::unknown_output, "the " + std::string(name_of(from.kind)) + " `" +
                                            from.name + "` has no output `" + output + '`')
          .at(input.span, suggestion(output, outputs, "no such output"))
          .note("beside its rows it has: " + join_quoted(outputs));
      return false;
    }
    if (!has_letters || from.on_error.value == OnError::dead_letter) return true;
    const bool written = from.on_error.span.known();
    diagnostics_
        .error(codes::silent_output,
               '`' + reader.name + "` reads from `" + input.text + "`, which never has rows")
        .at(input.span, "nothing is ever sent here")
        .at(written ? from.on_error.span : from.name_span,
            std::string(written ? "" : "without `on_error` ") + "a bad record " +
                (from.on_error.value == OnError::drop ? "is dropped" : "stops the pipeline"))
        .help("add to [" + std::string(name_of(from.kind)) + "s." + from.name +
              "]: on_error = \"dead_letter\"");
    return false;
  }

  void report_unknown(const Component& reader, const InputConfig& input, const std::string& base,
                      bool is_pattern) {
    std::vector<std::string> names;
    for (const Component& one : components_) {
      if (one.kind != ComponentKind::sink && &one != &reader) names.push_back(one.name);
    }
    if (is_pattern) {
      diagnostics_
          .error(codes::unknown_input,
                 '`' + reader.name + "` reads from `" + input.text + "`, which matches nothing")
          .at(input.span, "no source or transform has such a name")
          .note("there are: " + join_quoted(names));
      any_may_be_meant_ = true;
      return;
    }
    const std::optional<std::string> near = nearest(base, names);
    Diagnostic& diagnostic =
        diagnostics_
            .error(codes::unknown_input,
                   '`' + reader.name + "` reads from `" + input.text + "`, which is not defined")
            .at(input.span, near ? "did you mean `" + *near + "`?" : "no such component");
    if (!near && !names.empty()) diagnostic.note("there are: " + join_quoted(names));
    any_may_be_meant_ = any_may_be_meant_ || !near;
    for (std::size_t i = 0; i < components_.size(); ++i) {
      if (near && components_[i].name == *near) read_[i] = true;
    }
  }

  std::vector<Component>& components_;
  Diagnostics& diagnostics_;
  std::vector<bool> read_;
  bool any_may_be_meant_ = false;
};

/// Walks against the flow and reports each way that comes back to itself.
class CycleSearch {
 public:
  CycleSearch(const Config& config, Diagnostics& diagnostics)
      : components_(config.components),
        diagnostics_(diagnostics),
        states_(config.components.size(), State::unseen) {}

  void run() {
    for (std::size_t i = 0; i < components_.size(); ++i) {
      if (states_[i] == State::unseen) visit(i);
    }
  }

 private:
  enum class State { unseen, on_path, done };

  void visit(std::size_t index) {
    states_[index] = State::on_path;
    path_.push_back(index);
    for (const Edge& edge : components_[index].edges) {
      if (states_[edge.component] == State::on_path) report(edge);
      if (states_[edge.component] == State::unseen) visit(edge.component);
    }
    path_.pop_back();
    states_[index] = State::done;
  }

  void report(const Edge& closing) {
    // The path holds readers before what they read; rows flow the other way.
    std::string way = components_[closing.component].name;
    for (auto at = path_.rbegin(); at != path_.rend(); ++at) {
      way += " -> " + components_[*at].name;
      if (*at == closing.component) break;
    }
    diagnostics_.error(codes::cycle, "components read from each other in a circle: " + way)
        .at(closing.span, "this input closes the circle");
  }

  const std::vector<Component>& components_;
  Diagnostics& diagnostics_;
  std::vector<State> states_;
  std::vector<std::size_t> path_;
};

bool has_kind(const Config& config, ComponentKind kind) {
  return std::any_of(config.components.begin(), config.components.end(),
                     [&](const auto& component) { return component.kind == kind; });
}

}  // namespace

void check_graph(Config& config, Diagnostics& diagnostics) {
  if (!has_kind(config, ComponentKind::source)) {
    diagnostics.error(codes::no_source, "the pipeline has no source")
        .help("add one: [sources.NAME] with `type`; `millrace plugins list` shows the types");
  }
  const bool has_sink = has_kind(config, ComponentKind::sink);
  if (!has_sink) {
    diagnostics.error(codes::no_sink, "the pipeline has no sink")
        .help("add one: [sinks.NAME] with `type` and `inputs`, for example type = \"console\"");
  }
  Resolver resolver(config, diagnostics);
  resolver.run();
  CycleSearch(config, diagnostics).run();
  if (!has_sink) return;
  for (std::size_t i = 0; i < config.components.size(); ++i) {
    const Component& one = config.components[i];
    if (one.kind == ComponentKind::sink || resolver.is_read(i)) continue;
    diagnostics
        .error(codes::unreachable,
               "nothing reads the " + std::string(name_of(one.kind)) + " `" + one.name + '`')
        .at(one.name_span, "its rows would go nowhere")
        .help("name it in the `inputs` of a sink or transform, or remove it");
  }
}

}  // namespace millrace
