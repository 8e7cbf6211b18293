#include "plugins/window/session_gap.hpp"

#include "plugins/window/assigners/assigner.hpp"
#include "plugins/window/interval_text.hpp"

namespace millrace::window {
namespace {

constexpr size_t texts_most = 4096;

int64_t usable(int64_t gap) {
  if (gap >= time_most)
    throw Error::data("the session gap of " + std::to_string(gap) + " us is out of range");
  return gap > 0 ? gap : 0;
}

}  // namespace

SessionGap check_gap(const std::optional<Duration>& gap,
                     const std::optional<Expression>& expression) {
  if (gap && expression)
    throw Error::user("give either `gap` or `gap_expression`, not both").about("gap_expression");
  if (expression) {
    const TypeId type = expression->type().id;
    if (type != TypeId::string && type != TypeId::duration)
      throw Error::user("the gap must be an interval, or a text such as '20 seconds'; this is " +
                        with_article(expression->type()))
          .about("gap_expression");
    return {0, expression};
  }
  if (!gap)
    throw Error::user(
        "a session window needs `gap`, the time without rows after which a session ends, such as "
        "gap = \"5 minutes\"")
        .about("gap");
  if (gap->microseconds <= 0)
    throw Error::user("the gap of a session must be more than zero").about("gap");
  if (gap->microseconds >= time_most) throw Error::user("this gap is too long").about("gap");
  return {gap->microseconds, std::nullopt};
}

void GapReader::read(const Batch& batch, Buffer<int64_t>& out) {
  out.clear();
  const auto rows = static_cast<size_t>(batch.size());
  if (!gap_->expression) return out.append(rows, gap_->microseconds);
  const Column gaps = gap_->expression->evaluate(batch);
  for (size_t i = 0; i < rows; ++i) {
    const auto row = static_cast<int64_t>(i);
    if (gaps.is_null(row))
      out.push_back(0);
    else if (gaps.type.is_bytes())
      out.push_back(read_text(gaps.text(row)));
    else
      out.push_back(usable(gaps.int64(row)));
  }
}

int64_t GapReader::read_text(std::string_view text) {
  const auto found = known_.find(text);
  if (found != known_.end()) return found->second;
  const auto gap = parse_interval(text);
  if (!gap)
    throw Error::data("the session gap '" + std::string(text) +
                      "' is not an interval such as '20 seconds'");
  if (known_.size() >= texts_most) known_.clear();
  return known_.emplace(text, usable(*gap)).first->second;
}

}  // namespace millrace::window
