#include "plugins/window/add_window.hpp"

#include "millrace/gather.hpp"

#include "plugins/window/assigners/aligned_windows.hpp"
#include "plugins/window/window_column.hpp"

namespace millrace::window {
namespace {

constexpr const char* column_name = "window";

class AddWindowTask final : public TransformTask {
 public:
  AddWindowTask(const EventTime& time, const Assigner& windows, std::shared_ptr<const Schema> rows)
      : time_(&time), windows_(&windows), rows_(std::move(rows)) {}

  void process(int /*input*/, const Batch& batch, const Outputs& outputs) override {
    windows_->place(time_->evaluate(batch), time_->shift, static_cast<size_t>(batch.size()), {},
                    placement_);
    find_windows();
    if (from_.empty()) return;
    const bool as_they_are = from_.size() == static_cast<size_t>(batch.size()) && !repeats_;
    const Batch rows = as_they_are ? batch : gather(batch, {from_.data(), from_.size()});
    std::vector<Column> columns{window_.finish()};
    columns.insert(columns.end(), rows.columns().begin(), rows.columns().end());
    outputs.emit(Port::rows, {rows_, std::move(columns), rows.size()});
  }

 private:
  // The latest window of a row comes first, as in Spark.
  void find_windows() {
    from_.clear();
    repeats_ = false;
    for (size_t i = 0; i < placement_.rows.size(); ++i) {
      if (found_.empty() || placement_.panes[i] != pane_) {
        pane_ = placement_.panes[i];
        windows_->windows_of(pane_, found_);
      }
      repeats_ = repeats_ || found_.size() > 1;
      for (size_t at = found_.size(); at-- > 0;) {
        window_.child(0).append(found_[at].start);
        window_.child(1).append(found_[at].end);
        window_.end_nested();
        from_.push_back(placement_.rows[i]);
      }
    }
  }

  const EventTime* time_;
  const Assigner* windows_;
  std::shared_ptr<const Schema> rows_;
  Placement placement_;
  std::vector<Window> found_;
  int64_t pane_ = 0;
  ColumnBuilder window_{window_type()};
  Buffer<uint32_t> from_;  // The input row of each output row.
  bool repeats_ = false;
};

}  // namespace

AddWindow::AddWindow(const AddWindowSettings& settings, const Context& /*context*/,
                     const std::vector<Stream>& inputs)
    : windows_(std::make_unique<AlignedWindows>(settings.size.microseconds,
                                                settings.slide.value_or(settings.size).microseconds,
                                                settings.offset.microseconds)) {
  const Stream input = inputs.at(0).by_time(settings.time ? settings.time->column() : -1);
  if (!settings.time && input.time_column < 0)
    throw Error::user(
        "the input has no watermark that would name its event time; set `time` to the timestamp "
        "that the windows are over, such as time = \"ts\"")
        .about("time");
  time_ = find_event_time(input, settings.time);
  if (input.schema->index_of(column_name) >= 0)
    throw Error::user(
        "the input has a column `window` already; rename it in a select in front, such as columns "
        "= [\"\\\"window\\\" AS first_window\", ...]");
  binding_.rows.fields.push_back({column_name, window_type()});
  for (const auto& field : input.schema->fields) binding_.rows.fields.push_back(field);
  binding_.reads_all_columns = true;
  if (time_.is_watermarked) {
    binding_.time_column = 0;
    binding_.time_kind = TimeKind::window;
  } else if (input.time_column >= 0) {
    binding_.time_column = input.time_column + 1;
    binding_.time_kind = input.time_kind;
  }
  rows_ = std::make_shared<const Schema>(binding_.rows);
}

std::unique_ptr<TransformTask> AddWindow::open() {
  return std::make_unique<AddWindowTask>(time_, *windows_, rows_);
}

}  // namespace millrace::window
