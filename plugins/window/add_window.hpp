#pragma once
#include <memory>
#include <optional>

#include "millrace/settings.hpp"

#include "plugins/window/aggregation_plan.hpp"

namespace millrace::window {

struct AddWindowSettings {
  std::optional<Expression> time;
  Duration size;
  std::optional<Duration> slide;
  Duration offset;
};

/// Puts the window of each row in front of its columns and aggregates nothing. A row that is in
/// several windows comes out once for each; one without a time is in none. The window becomes the
/// event time of the rows if the time was.
class AddWindow final : public Transform {
 public:
  AddWindow(const AddWindowSettings& settings, const Context& context,
            const std::vector<Stream>& inputs);

  const Binding& binding() const override { return binding_; }
  std::unique_ptr<TransformTask> open() override;

 private:
  EventTime time_;
  std::unique_ptr<const Assigner> windows_;
  Binding binding_;
  std::shared_ptr<const Schema> rows_;
};

}  // namespace millrace::window
