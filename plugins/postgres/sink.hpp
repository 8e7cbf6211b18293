#pragma once
#include <memory>

#include "millrace/sink.hpp"

#include "plugins/postgres/settings.hpp"

namespace millrace::postgres {

/// Writes the rows of an epoch, and that it has them, in one transaction.
class PostgresSink final : public Sink {
 public:
  PostgresSink(SinkSettings settings, Context context, const Schema& rows, OutputMode mode);
  std::unique_ptr<Writer> open_writer(int partition) override;

 private:
  SinkSettings settings_;
  Context context_;
  Schema rows_;
  OutputMode mode_;
};

}  // namespace millrace::postgres
