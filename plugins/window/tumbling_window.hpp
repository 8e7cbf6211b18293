#pragma once
#include "plugins/window/assigners/aligned_windows.hpp"
#include "plugins/window/windowed_aggregation.hpp"

namespace millrace::window {

struct TumblingSettings : WindowSettings {
  Duration size;
  Duration offset;
};

/// Windows of one size, one after the other.
class TumblingWindow final : public WindowedAggregation {
 public:
  TumblingWindow(const TumblingSettings& settings, const Context& context,
                 const std::vector<Stream>& inputs)
      : WindowedAggregation(
            settings, context, inputs,
            std::make_unique<AlignedWindows>(settings.size.microseconds, settings.size.microseconds,
                                             settings.offset.microseconds)) {}
};

}  // namespace millrace::window
