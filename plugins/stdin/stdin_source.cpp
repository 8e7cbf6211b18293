#include "plugins/stdin/stdin_source.hpp"

#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

#include "millrace/column_builder.hpp"

namespace millrace {
namespace {

constexpr size_t most_held_bytes = size_t{64} << 20;
constexpr size_t most_held_within_a_limit = size_t{8} << 20;
constexpr int64_t rows_per_batch = 16 * 1024;
constexpr int64_t look_up_us = 100'000;  // How often a wait looks whether to stop.

enum StdinColumn { value_column, line_column };

int64_t line_of(const std::string& position) {
  if (position.empty()) return 0;
  constexpr std::string_view before = "{\"line\":";
  int64_t line = 0;
  if (!position.starts_with(before) ||
      std::from_chars(position.data() + before.size(), position.data() + position.size(), line)
              .ec != std::errc())
    throw Error::user("the checkpoint holds a position that is not one in standard input: " +
                      position);
  return line;
}

std::string position_of(int64_t line) { return "{\"line\":" + std::to_string(line) + "}"; }

class StdinReader final : public Reader {
 public:
  StdinReader(const LineBuffer& lines, const Range& range, std::vector<int> columns)
      : lines_(lines), next_(range.start), end_(range.end), columns_(std::move(columns)) {
    Schema schema;
    for (const int column : columns_)
      schema.fields.push_back(column == value_column ? Field{"value", TypeId::binary}
                                                     : Field{"line", TypeId::int64});
    schema_ = std::make_shared<const Schema>(std::move(schema));
  }

  Read read(int64_t, Batch& rows) override {
    const int64_t count = std::min(end_ - next_, rows_per_batch);
    if (count == 0) return Read::end;
    std::vector<Column> columns;
    for (const int column : columns_) {
      ColumnBuilder builder(column == value_column ? TypeId::binary : TypeId::int64);
      if (column == value_column)
        lines_.copy(next_, end_, count, builder);
      else
        for (int64_t i = 0; i < count; ++i) builder.append(next_ + i + 1);
      columns.push_back(builder.finish());
    }
    rows = Batch(schema_, std::move(columns), count);
    next_ += count;
    return Read::rows;
  }

 private:
  const LineBuffer& lines_;
  int64_t next_;
  int64_t end_;
  std::vector<int> columns_;
  std::shared_ptr<const Schema> schema_;
};

// What a dead run had piped in is gone.
class LostReader final : public Reader {
 public:
  Read read(int64_t, Batch&) override { return Read::end; }
};

}  // namespace

StdinSource::StdinSource(const StdinSettings& settings, Context context)
    : StdinSource(settings, context, STDIN_FILENO) {}

StdinSource::StdinSource(const StdinSettings& settings, Context context, int descriptor)
    : settings_(settings), context_(context), descriptor_(descriptor) {}

StdinSource::~StdinSource() {
  if (!thread_.joinable()) return;
  lines_->stop();
  ::close(wake_[1]);
  thread_.join();
  ::close(wake_[0]);
}

Schema StdinSource::schema() const {
  return {{{"value", TypeId::binary}, {"line", TypeId::int64}}};
}

void StdinSource::start(int64_t first_line) {
  if (::pipe2(wake_, O_CLOEXEC) != 0)
    throw Error::external("cannot make a pipe: " + std::generic_category().message(errno));
  first_line_ = first_line;
  lines_ = std::make_unique<LineBuffer>(first_line, settings_.skip_blank_lines,
                                        limit_ > 0 ? most_held_within_a_limit : most_held_bytes);
  thread_ = std::thread([this] { read_all(); });
}

void StdinSource::read_all() {
  std::string piece(64 * 1024, '\0');
  for (;;) {
    pollfd waits[] = {{descriptor_, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    if (::poll(waits, 2, -1) < 0 && errno != EINTR) break;
    if (waits[1].revents != 0) return;
    if (waits[0].revents == 0) continue;
    const auto count = ::read(descriptor_, piece.data(), piece.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) break;
    if (count == 0) {
      lines_->end();
      return context_.input_arrived();
    }
    if (!lines_->add({piece.data(), static_cast<size_t>(count)})) return;
    context_.input_arrived();
  }
  lines_->fail("cannot read standard input: " + std::generic_category().message(errno));
  context_.input_arrived();
}

std::string StdinSource::latest(const std::string& position) {
  if (lines_ == nullptr) start(line_of(position));
  return "{\"look\":" + std::to_string(++looks_) + "}";
}

InputPlan StdinSource::plan(const std::string& position, const std::string& target,
                            bool without_limit) {
  const int64_t from = std::max(line_of(position), first_line_);
  const bool waits = without_limit || planned_target_.empty() || planned_target_ == target;
  planned_target_ = target;
  if (without_limit) lines_->lift_limit();
  int64_t to = lines_->count(from, 0);
  while (waits && (to == from || without_limit) && !lines_->has_ended() &&
         !context_.stop_requested())
    to = lines_->count(without_limit ? to : from, look_up_us);
  to = lines_->count(from, 0);  // The end may have brought a last line.
  if (!without_limit && limit_ > 0) to = std::min(to, from + limit_);
  InputPlan plan;
  plan.position = to > from ? position_of(to) : position;
  if (to > from) plan.ranges.push_back({"0", from, to, ""});
  PartitionStatus status;
  status.partition = "0";
  status.next = to;
  status.latest = to;
  status.never_had_records = to == 0;
  plan.partitions.push_back(std::move(status));
  return plan;
}

// What is held counts too, so the limit is known before the first line is read.
void StdinSource::limit(int64_t lines) { limit_ = lines; }

void StdinSource::committed(const std::string& position) {
  if (lines_ != nullptr) lines_->drop_before(line_of(position));
}

std::unique_ptr<Reader> StdinSource::open(const Range& range, const std::vector<int>& columns) {
  if (lines_ != nullptr && range.start >= first_line_)
    return std::make_unique<StdinReader>(*lines_, range, columns);
  context_.warn("lines " + std::to_string(range.start + 1) + " to " + std::to_string(range.end) +
                " of standard input went to a run that did not finish, and are lost");
  return std::make_unique<LostReader>();
}

}  // namespace millrace
