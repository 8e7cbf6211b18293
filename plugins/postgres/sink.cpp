#include "plugins/postgres/sink.hpp"

#include <utility>

#include "plugins/postgres/table_writer.hpp"

namespace millrace::postgres {

PostgresSink::PostgresSink(SinkSettings settings, Context context, const Schema& rows,
                           OutputMode mode)
    : settings_(std::move(settings)), context_(context), rows_(rows), mode_(mode) {
  check(settings_, rows_, mode_);
}

std::unique_ptr<Writer> PostgresSink::open_writer(int /*partition*/) {
  return std::make_unique<TableWriter>(settings_, context_, rows_, mode_);
}

}  // namespace millrace::postgres
