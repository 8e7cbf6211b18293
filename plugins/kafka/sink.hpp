#pragma once
#include <memory>
#include <optional>
#include <string>

#include "millrace/deciding_sink.hpp"
#include "millrace/settings.hpp"

#include "plugins/kafka/producers.hpp"
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

/// Writes one partition of a result. At least once, an epoch is done once every record is
/// acknowledged, and one that is run again is written again; exactly once, acknowledgements are
/// waited for when the transaction ends.
class KafkaWriter final : public Writer {
 public:
  KafkaWriter(const SinkSettings& settings, Context context, Producers& producers);

  bool open(Epoch epoch) override;
  void write(const Batch& rows, const Column* payloads) override;
  void flush() override;
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

/// Writes one record per row to a topic.
class KafkaSink final : public DecidingSink {
 public:
  KafkaSink(SinkSettings settings, Context context, const Schema& rows, OutputMode mode);
  ~KafkaSink() override;
  std::unique_ptr<Writer> open_writer(int partition) override;

  void join(DecidingSink* first) override;
  std::string place() const override;
  Fenced fence(std::string_view job, std::string_view run) override;
  void begin(Epoch epoch) override;
  void decide(const Decision& decision, std::span<const SourcePosition> positions) override;

 private:
  SinkSettings settings_;
  Context context_;
  std::shared_ptr<ClientLog> log_;
  Producers producers_;
  bool is_first_ = false;  // Of those that share transactions.
};

}  // namespace millrace::kafka
