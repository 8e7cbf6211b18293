#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "millrace/settings.hpp"
#include "millrace/sink.hpp"

#include "plugins/kafka/producer.hpp"
#include "plugins/kafka/text_column.hpp"

namespace millrace::kafka {

struct SinkSettings {
  std::string bootstrap_servers;
  std::string topic;
  std::optional<Expression> key;
  std::optional<Expression> partition;
  StringMap headers;
  bool include_epoch_header = true;
  StringMap kafka;

  static std::vector<Setting<SinkSettings>> list();
};

/// Says which producer writes an epoch. Here it is one for all of them, and a new one after a fatal
/// error; transactions would alternate between two.
class Producers {
 public:
  Producers(Destination destination, std::shared_ptr<ClientLog> log);
  std::shared_ptr<Producer> for_epoch(Epoch epoch);

 private:
  Destination destination_;
  std::shared_ptr<ClientLog> log_;
  std::mutex mutex_;
  std::shared_ptr<Producer> current_;
};

/// Writes one partition of a result. An epoch is done once every record is acknowledged; one that
/// is run again is written again.
class KafkaWriter final : public Writer {
 public:
  KafkaWriter(const SinkSettings& settings, Context context, Producers& producers);

  bool open(Epoch epoch) override;
  void write(const Batch& rows, const Column* payloads) override;
  void close(const Error* cause) override;

 private:
  void make_headers(Epoch epoch);
  Error too_large(int64_t row, const Outgoing& record) const;

  const SinkSettings& settings_;
  Context context_;
  Producers& producers_;
  std::shared_ptr<Producer> producer_;
  std::shared_ptr<Deliveries> deliveries_;
  Headers headers_;
  Epoch epoch_ = 0;
  int64_t rows_before_ = 0;
};

/// Writes one record per row to a topic, at least once.
class KafkaSink final : public Sink {
 public:
  KafkaSink(SinkSettings settings, Context context, const Schema& rows, OutputMode mode);
  std::unique_ptr<Writer> open_writer(int partition) override;

 private:
  SinkSettings settings_;
  Context context_;
  Producers producers_;
};

}  // namespace millrace::kafka
