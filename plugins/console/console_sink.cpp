#include "plugins/console/console_sink.hpp"

#include <cerrno>
#include <charconv>
#include <limits>
#include <system_error>
#include <unistd.h>

namespace millrace::console {
namespace {

constexpr int64_t rows_of_a_table = 20;
constexpr size_t width_of_a_cell = 20;

// "true", "false" or the greatest width, as Spark has it.
size_t parse_truncate(const std::string& text) {
  if (text == "true") return width_of_a_cell;
  if (text == "false") return 0;
  size_t width = 0;
  const auto* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, width);
  if (result.ec != std::errc() || result.ptr != end)
    throw Error::user("`truncate` is \"true\", \"false\" or a number of characters, not `" + text +
                      "`")
        .about("truncate");
  return width;
}

}  // namespace

ConsoleSink::ConsoleSink(const ConsoleSettings& settings, Context context)
    : ConsoleSink(settings, context, STDOUT_FILENO) {}

ConsoleSink::ConsoleSink(const ConsoleSettings& settings, Context, int descriptor)
    : style_(settings.style), descriptor_(descriptor) {
  if (settings.num_rows && *settings.num_rows < 0)
    throw Error::user("`num_rows` must not be negative").about("num_rows");
  limits_.width = parse_truncate(settings.truncate);
  // JSON lines are for programs, which want all of them.
  limits_.rows = settings.num_rows.value_or(style_ == "json" ? std::numeric_limits<int64_t>::max()
                                                             : rows_of_a_table);
  if (style_ != "table" && style_ != "vertical" && style_ != "json")
    throw Error::user("`style` is \"table\", \"vertical\" or \"json\", not `" + style_ + "`")
        .about("style");
}

std::string ConsoleSink::text_of(const Batch& rows, Epoch epoch) const {
  if (style_ == "json") return json_lines_of(rows, limits_);
  const std::string rule(43, '-');
  return rule + "\nBatch: " + std::to_string(epoch) + "\n" + rule + "\n" +
         (style_ == "table" ? table_of(rows, limits_) : vertical_of(rows, limits_)) + "\n";
}

void ConsoleSink::write(const Batch& rows, Epoch epoch) {
  const auto text = text_of(rows, epoch);
  for (size_t done = 0; done < text.size();) {
    const auto count = ::write(descriptor_, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      throw Error(Blame::external, Retry::never,
                  "cannot print: " + std::generic_category().message(errno));
    done += static_cast<size_t>(count);
  }
}

}  // namespace millrace::console
