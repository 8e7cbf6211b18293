#include <algorithm>
#include <numeric>

#include "millrace/value_order.hpp"

#include "plugins/sort/whole_result.hpp"

namespace millrace::sorting {
namespace {

// Ascending puts nulls first, descending puts them last.
int compare_rows(const Column& column, bool descending, int64_t left, int64_t right) {
  const int order = compare_cells(column, left, column, right);
  return descending ? -order : order;
}

class SortTask final : public WholeResultTask {
 public:
  SortTask(std::shared_ptr<const Schema> schema, const std::vector<SortTransform::Order>& order,
           std::optional<int64_t> rows)
      : WholeResultTask(std::move(schema)), order_(order), rows_(rows) {}

 private:
  Batch arrange(const Batch& rows) const override {
    std::vector<uint32_t> positions(static_cast<size_t>(rows.size()));
    std::iota(positions.begin(), positions.end(), 0U);
    std::stable_sort(positions.begin(), positions.end(), [&](uint32_t left, uint32_t right) {
      for (const auto& [column, descending] : order_)
        if (const int order = compare_rows(rows.column(column), descending, left, right))
          return order < 0;
      return false;
    });
    if (rows_ && *rows_ < rows.size()) positions.resize(static_cast<size_t>(*rows_));
    return gather(rows, positions);
  }

  const std::vector<SortTransform::Order>& order_;
  std::optional<int64_t> rows_;
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// As written, or else the only column that differs in case alone; -1 for none.
int find_column(const Schema& schema, const std::string& name) {
  const int exact = schema.index_of(name);
  if (exact >= 0) return exact;
  int found = -1;
  for (size_t i = 0; i < schema.size(); ++i) {
    if (lower(schema[i].name) != lower(name)) continue;
    if (found >= 0) return -1;
    found = static_cast<int>(i);
  }
  return found;
}

std::string quoted_names(const Schema& schema) {
  std::string names;
  for (const auto& field : schema.fields)
    if (!field.hidden) names += (names.empty() ? "`" : ", `") + field.name + "`";
  return names;
}

// "total DESC": a column and perhaps a direction.
SortTransform::Order parse_order(const std::string& text, const Schema& schema) {
  const auto end = text.find_last_not_of(' ');
  const auto blank = text.rfind(' ', end);
  const auto direction =
      blank == std::string::npos ? "" : lower(text.substr(blank + 1, end - blank));
  const bool named = direction == "asc" || direction == "desc";
  auto name = named ? text.substr(0, blank) : text.substr(0, end + 1);
  name.erase(0, name.find_first_not_of(' '));
  name.erase(name.find_last_not_of(' ') + 1);
  const int column = find_column(schema, name);
  if (column < 0)
    throw Error::user("there is no column `" + name + "` to sort by; there are " +
                      quoted_names(schema) +
                      ", written \"column\", \"column ASC\" or \"column DESC\"")
        .about("by");
  return {static_cast<size_t>(column), direction == "desc"};
}

}  // namespace

Binding bind_whole_result(const Stream& input, const std::string& what) {
  Binding binding;
  binding.rows = *input.schema;
  binding.time_column = input.time_column;
  binding.time_kind = input.time_kind;
  binding.modes = MR_MODE_COMPLETE;
  binding.refusals[0] = binding.refusals[1] =
      what +
      " needs the whole result of an aggregation, which only output_mode = \"complete\" "
      "puts out; an unbounded stream has no end to wait for";
  binding.reads_all_columns = true;
  binding.single_task = true;
  return binding;
}

SortTransform::SortTransform(const SortSettings& settings, const Context&,
                             const std::vector<Stream>& inputs)
    : schema_(inputs[0].schema),
      rows_(settings.rows),
      binding_(bind_whole_result(inputs[0], "sorting")) {
  if (settings.by.empty())
    throw Error::user("`by` names no column; write by = [\"total DESC\"]").about("by");
  if (rows_ && *rows_ < 1) throw Error::user("`rows` must be at least 1").about("rows");
  for (const auto& text : settings.by) order_.push_back(parse_order(text, *schema_));
}

std::unique_ptr<TransformTask> SortTransform::open() {
  return std::make_unique<SortTask>(schema_, order_, rows_);
}

}  // namespace millrace::sorting
