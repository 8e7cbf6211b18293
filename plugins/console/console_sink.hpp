#pragma once
#include <optional>
#include <string>

#include "millrace/settings.hpp"
#include "millrace/sink.hpp"

#include "plugins/console/table.hpp"

namespace millrace::console {

struct ConsoleSettings {
  std::optional<int64_t> num_rows = {};
  std::string truncate = "true";
  std::string style = "table";
};

// Prints the rows of each epoch, in the order they come in, with one write.
class ConsoleSink final : public BatchSink {
 public:
  ConsoleSink(const ConsoleSettings& settings, Context context);
  // Prints to `descriptor`, standard output if not told otherwise.
  ConsoleSink(const ConsoleSettings& settings, Context context, int descriptor);

  void write(const Batch& rows, Epoch epoch) override;
  std::string text_of(const Batch& rows, Epoch epoch) const;

 private:
  std::string style_;
  TableLimits limits_;
  int descriptor_;
};

}  // namespace millrace::console
