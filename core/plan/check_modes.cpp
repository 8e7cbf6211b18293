// Spark's matrix of output modes: which of them a query can have follows from its transforms.
#include <algorithm>

#include "core/plan/plan_builder.hpp"

namespace millrace {
namespace {

class ModeCheck {
 public:
  ModeCheck(Plan& plan, size_t sink, Diagnostics& diagnostics)
      : plan_(plan),
        sink_(*plan.config.find(plan.nodes[sink].name)),
        mode_(sink_.output_mode.value),
        diagnostics_(diagnostics) {
    const auto errors = diagnostics_.error_count();
    walk(sink, mode_bit(mode_), false);
    if (diagnostics_.error_count() != errors) return;  // One reason is enough.
    if (mode_ == OutputMode::complete && stateful_ == 0)
      refuse("complete puts out a whole result, and nothing here aggregates", nullptr)
          .help("output_mode = \"append\"");
    if (mode_ != OutputMode::append && stateful_ > 1 && last_can_end_)
      refuse("stateful transforms that follow each other put out final rows only", nullptr)
          .help("output_mode = \"append\"");
  }

 private:
  // `mode` is what the reader wants of the rows above it.
  void walk(size_t position, uint32_t mode, bool above_stateful) {
    const auto& node = plan_.nodes[position];
    for (const auto& input : node.inputs) {
      auto& above = plan_.nodes[input.node];
      if (input.port != OutputPort::rows || !above.transform) continue;
      const auto& binding = above.transform->handle->binding();
      if ((binding.modes & mode) == 0) return refuse_binding(above, mode);
      if (above.output.below_stateful) above.modes |= mode;
      if (above.keyed()) {
        ++stateful_;
        // Where groups never end no row is late: to such a transform final rows of another one are
        // as good as a source's.
        last_can_end_ |= !above_stateful && (binding.modes & MR_MODE_APPEND) != 0;
      }
      // What is above a stateful transform hands final rows down to it.
      walk(input.node, above.keyed() ? static_cast<uint32_t>(MR_MODE_APPEND) : mode,
           above_stateful || above.keyed());
    }
  }

  void refuse_binding(const PlannedNode& above, uint32_t mode) {
    // Who wrote a watermark with a mistake in it need not be told that there is none.
    const auto& all = plan_.config.components;
    if (mode == MR_MODE_APPEND && std::ranges::any_of(all, &Component::watermark_refused)) return;
    const auto& refusals = above.transform->handle->binding().refusals;
    const size_t index = mode == MR_MODE_APPEND ? 0 : mode == MR_MODE_UPDATE ? 1 : 2;
    refuse(refusals[index].empty() ? "this transform cannot serve that mode" : refusals[index],
           &above);
  }

  Diagnostic& refuse(const std::string& why, const PlannedNode* above) {
    const auto place = sink_.output_mode.span.known() ? sink_.output_mode.span : sink_.name_span;
    auto& diagnostic =
        diagnostics_
            .error(codes::bad_output_mode, "sink `" + sink_.name + "` cannot have output mode `" +
                                               std::string(name_of(mode_)) + "`")
            .at(place, sink_.output_mode.span.known() ? "" : "append is the default");
    if (above != nullptr)
      diagnostic.at(plan_.config.find(above->name)->name_span, "because of this transform");
    return diagnostic.note(why);
  }

  Plan& plan_;
  const Component& sink_;
  OutputMode mode_;
  Diagnostics& diagnostics_;
  int stateful_ = 0;
  bool last_can_end_ = false;
};

}  // namespace

void check_modes(Plan& plan, Diagnostics& diagnostics) {
  for (size_t i = 0; i < plan.nodes.size(); ++i)
    if (plan.nodes[i].sink) ModeCheck(plan, i, diagnostics);
}

}  // namespace millrace
