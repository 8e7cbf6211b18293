#include <numeric>

#include "plugins/sort/whole_result.hpp"

namespace millrace::sorting {
namespace {

class LimitTask final : public WholeResultTask {
 public:
  LimitTask(std::shared_ptr<const Schema> schema, int64_t rows)
      : WholeResultTask(std::move(schema)), rows_(rows) {}

 private:
  Batch arrange(const Batch& rows) const override { return first_rows(rows, rows_); }

  int64_t rows_;
};

}  // namespace

Batch first_rows(const Batch& rows, int64_t count) {
  if (rows.size() <= count) return rows;
  std::vector<uint32_t> positions(static_cast<size_t>(count));
  std::iota(positions.begin(), positions.end(), 0U);
  return gather(rows, positions);
}

LimitTransform::LimitTransform(const LimitSettings& settings, const Context&,
                               const std::vector<Stream>& inputs)
    : schema_(inputs[0].schema),
      rows_(settings.rows),
      binding_(bind_whole_result(inputs[0], "a limit")) {
  if (rows_ < 1) throw Error::user("`rows` must be at least 1").about("rows");
}

std::unique_ptr<TransformTask> LimitTransform::open() {
  return std::make_unique<LimitTask>(schema_, rows_);
}

}  // namespace millrace::sorting
