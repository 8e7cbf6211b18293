#include "plugins/select/select.hpp"

#include <algorithm>
#include <span>

#include "millrace/gather.hpp"
#include "millrace/true_rows.hpp"

namespace millrace {
namespace {

class SelectTask final : public TransformTask {
 public:
  SelectTask(const SelectSettings& settings, std::shared_ptr<const Schema> rows)
      : settings_(settings), rows_(std::move(rows)) {
    only_names_ = !settings_.columns.empty() &&
                  std::ranges::all_of(settings_.columns,
                                      [](const auto& column) { return column.column() >= 0; });
  }

  void process(int, const Batch& batch, const Outputs& outputs) override {
    if (!settings_.where) return emit(batch, outputs);
    true_rows(settings_.where->evaluate(batch), kept_);
    const auto kept = static_cast<int64_t>(kept_.size());
    outputs.count(Count::filtered, batch.size() - kept);
    if (kept == 0) return;
    if (kept == batch.size()) return emit(batch, outputs);
    // Without computed columns only what is put out needs to be gathered.
    if (only_names_)
      outputs.emit(Port::rows, gather(select(batch), kept_));
    else
      emit(gather(batch, kept_), outputs);
  }

 private:
  void emit(const Batch& batch, const Outputs& outputs) const {
    outputs.emit(Port::rows, settings_.columns.empty() ? batch : select(batch));
  }
  Batch select(const Batch& batch) const {
    std::vector<Column> columns;
    columns.reserve(settings_.columns.size());
    for (const auto& column : settings_.columns) columns.push_back(column.evaluate(batch));
    return {rows_, std::move(columns), batch.size()};
  }

  const SelectSettings& settings_;
  std::shared_ptr<const Schema> rows_;
  bool only_names_;
  std::vector<uint32_t> kept_;
};

}  // namespace

Select::Select(SelectSettings settings, Context, const std::vector<Stream>& inputs)
    : settings_(std::move(settings)) {
  if (inputs.size() != 1)
    throw Error::user("select reads one stream; give inputs that have the same columns")
        .about("inputs");
  check_where();
  bind_columns(inputs[0]);
  rows_ = std::make_shared<const Schema>(binding_.rows);
}

void Select::check_where() const {
  if (!settings_.where) return;
  const auto& type = settings_.where->type();
  if (type.id != TypeId::boolean && type.id != TypeId::null)
    throw Error::user(
        "`where` must be a condition, true or false for each row; this one is of type " +
        to_string(type))
        .about("where");
}

void Select::bind_columns(const Stream& input) {
  binding_.time_kind = input.time_kind;
  if (settings_.columns.empty()) {
    binding_.rows = *input.schema;
    binding_.time_column = input.time_column;
    binding_.other_time_column = input.other_time_column;
    binding_.reads_all_columns = true;
    return;
  }
  for (const auto& column : settings_.columns) {
    if (binding_.rows.index_of(column.name()) >= 0)
      throw Error::user("two columns are named `" + column.name() +
                        "`; rename one: \"expression AS other_name\"")
          .about("columns." + column.name());
    // A computed timestamp is no longer the event time that the watermark speaks of.
    if (input.time_column >= 0 && column.column() == input.time_column && binding_.time_column < 0)
      binding_.time_column = static_cast<int>(binding_.rows.size());
    if (input.other_time_column >= 0 && column.column() == input.other_time_column)
      binding_.other_time_column = static_cast<int>(binding_.rows.size());
    binding_.rows.fields.push_back({column.name(), column.type()});
  }
  if (binding_.time_column < 0) std::swap(binding_.time_column, binding_.other_time_column);
}

std::unique_ptr<TransformTask> Select::open() {
  return std::make_unique<SelectTask>(settings_, rows_);
}

}  // namespace millrace
