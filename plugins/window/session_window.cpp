#include "plugins/window/session_window.hpp"

#include "plugins/window/partials.hpp"
#include "plugins/window/session_front.hpp"
#include "plugins/window/session_shard.hpp"

namespace millrace::window {

SessionWindow::SessionWindow(const SessionSettings& settings, const Context& context,
                             const std::vector<Stream>& inputs)
    : plan_(settings, context.ansi()), gap_(check_gap(settings.gap, settings.gap_expression)) {
  const Stream input = inputs.at(0).by_time(settings.time ? settings.time->column() : -1);
  if (settings.group_by.empty())
    throw Error::user(
        "a session window needs at least one key: sessions belong to somebody; name them in "
        "group_by, such as group_by = [\"user\"]")
        .about("group_by");
  plan_.time = find_event_time(input, settings.time);
  plan_.describe("sessions");
  plan_.partials = std::make_shared<const Schema>(session_partial_schema());
  binding_.rows = *plan_.rows;
  binding_.partials = *plan_.partials;
  binding_.keyed = true;
  binding_.uses_watermark = input.time_column >= 0;
  binding_.modes = MR_MODE_APPEND | MR_MODE_COMPLETE;
  binding_.refusals[1] =
      "session windows do not support update mode: a session that is told early may later become "
      "part of another one; use output_mode = \"append\"" +
      std::string(plan_.time.is_watermarked ? "" : " with a watermark") + ", or \"complete\"";
  refuse_append_without_watermark(input, plan_.time, binding_);
  if (!plan_.time.is_watermarked) return;
  binding_.time_column = 1;
  binding_.time_kind = TimeKind::window_end;
}

std::unique_ptr<TransformTask> SessionWindow::open() {
  return std::make_unique<SessionFront>(plan_, gap_);
}

std::unique_ptr<ShardTask> SessionWindow::open_shard(int /*shard*/, State state) {
  return std::make_unique<SessionShard>(plan_, state);
}

}  // namespace millrace::window
