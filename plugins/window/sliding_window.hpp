#pragma once
#include "plugins/window/assigners/aligned_windows.hpp"
#include "plugins/window/windowed_aggregation.hpp"

namespace millrace::window {

struct SlidingSettings : WindowSettings {
  Duration size;
  Duration slide;
  Duration offset;
};

/// Windows of one size, a new one every `slide`; a row is in each that contains its time.
class SlidingWindow final : public WindowedAggregation {
 public:
  SlidingWindow(const SlidingSettings& settings, const Context& context,
                const std::vector<Stream>& inputs)
      : WindowedAggregation(settings, context, inputs,
                            std::make_unique<AlignedWindows>(settings.size.microseconds,
                                                             settings.slide.microseconds,
                                                             settings.offset.microseconds)) {}
};

}  // namespace millrace::window
