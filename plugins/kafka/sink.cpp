#include "plugins/kafka/sink.hpp"

#include <algorithm>
#include <limits>

#include "plugins/kafka/dangers.hpp"
#include "plugins/kafka/subscription.hpp"

namespace millrace::kafka {

std::vector<Setting<SinkSettings>> SinkSettings::list() {
  using S = SinkSettings;
  return {
      {"bootstrap_servers", &S::bootstrap_servers, required,
       "Brokers to begin with: \"HOST:PORT,HOST:PORT\"."},
      {"topic", &S::topic, required, "Where the records go."},
      {"key", &S::key, optional,
       "The key of a record: strings and binaries as they are, numbers and times as text. Records "
       "with one key keep their order. Without it records have no key."},
      {"partition", &S::partition, optional,
       "The partition of a record, an integer. Null, or without this option: chosen by the key as "
       "the Java client does."},
      {"headers", &S::headers, optional,
       "Headers of every record, like { origin = \"millrace\" }."},
      {"include_epoch_header", &S::include_epoch_header, optional,
       "Whether records have the headers millrace.epoch and millrace.pipeline, by which a reader "
       "can tell a repeated epoch."},
      {"kafka", &S::kafka, secret,
       "Properties of librdkafka, like { \"compression.type\" = \"lz4\" }."},
  };
}

namespace {

void check(const SinkSettings& settings) {
  if (settings.bootstrap_servers.empty())
    throw Error::user("give at least one broker, like \"localhost:9092\"")
        .about("bootstrap_servers");
  if (settings.topic.empty()) throw Error::user("a topic needs a name").about("topic");
  check_topic(settings.topic, "topic");
  if (settings.key && !can_be_key(settings.key->type()))
    throw Error::user("a key is text, binary, a number or a time, but this is " +
                      to_string(settings.key->type()) + "; CAST it, or name one field of it")
        .about("key");
  if (settings.partition && !settings.partition->type().is_integer())
    throw Error::user("a partition is an int or a long, but this is " +
                      to_string(settings.partition->type()))
        .about("partition");
  check_properties(settings.kafka, Side::sink);
}

SinkSettings checked(SinkSettings settings) {
  check(settings);
  return settings;
}

int32_t partition_of(const Column& column, int64_t row) {
  if (column.is_null(row)) return RD_KAFKA_PARTITION_UA;
  const int64_t value = column.type.id == TypeId::int32 ? column.int32(row) : column.int64(row);
  if (value < 0 || value > std::numeric_limits<int32_t>::max())
    throw Error::data("`partition` is " + std::to_string(value) + " in row " + std::to_string(row) +
                      " of a batch; partitions are numbered from 0")
        .about("partition")
        .at_row(row);
  return static_cast<int32_t>(value);
}

}  // namespace

KafkaWriter::KafkaWriter(const SinkSettings& settings, Context context, Producers& producers)
    : settings_(settings), context_(context), producers_(producers) {}

bool KafkaWriter::open(Epoch epoch) {
  producer_ = producers_.for_epoch(epoch);
  deliveries_ = producers_.begin(*producer_);
  epoch_ = epoch;
  rows_before_ = 0;
  make_headers(epoch);
  return true;
}

void KafkaWriter::make_headers(Epoch epoch) {
  headers_.reset();
  StringMap all = settings_.headers;
  if (settings_.include_epoch_header) {
    all["millrace.epoch"] = std::to_string(epoch);
    all["millrace.pipeline"] = context_.pipeline();
  }
  if (all.empty()) return;
  headers_.reset(rd_kafka_headers_new(all.size()));
  for (const auto& [name, value] : all)
    rd_kafka_header_add(headers_.get(), name.c_str(), -1, value.data(),
                        static_cast<ssize_t>(value.size()));
}

void KafkaWriter::write(const Batch& rows, const Column* payloads) {
  std::optional<TextColumn> keys;
  std::optional<Column> partitions;
  if (settings_.key) keys.emplace(settings_.key->evaluate(rows));
  if (settings_.partition) partitions.emplace(settings_.partition->evaluate(rows));
  Outgoing record;
  record.topic = producers_.topic();
  record.headers = headers_.get();
  for (int64_t row = 0; row < rows.size(); ++row) {
    record.value = payloads->text(row);
    if (keys) {
      record.has_key = !keys->is_null(row);
      record.key = record.has_key ? (*keys)[row] : std::string_view();
    }
    if (partitions) record.partition = partition_of(*partitions, row);
    if (!producer_->send(record, *deliveries_)) throw too_large(row, record);
  }
  rows_before_ += rows.size();
}

Error KafkaWriter::too_large(int64_t row, const Outgoing& record) const {
  return Error::data("topic \"" + settings_.topic + "\": row " +
                     std::to_string(rows_before_ + row) + " of epoch " + std::to_string(epoch_) +
                     " makes a record of " +
                     std::to_string(record.value.size() + record.key.size()) +
                     " bytes, more than message.max.bytes = " +
                     std::to_string(producer_->message_bytes_max()) +
                     "; raise that in `kafka`, and max.message.bytes of the topic")
      .at_row(row);
}

// Records are on their way since they were written. Acknowledgements come while the next round
// runs.
void KafkaWriter::flush() { producer_->check(*deliveries_); }

void KafkaWriter::close(const Error* cause) {
  const auto producer = std::move(producer_);
  auto deliveries = std::move(deliveries_);
  if (cause == nullptr) producers_.close(*producer, std::move(deliveries));
}

KafkaSink::KafkaSink(SinkSettings settings, Context context, const Schema& /*rows*/,
                     OutputMode mode)
    : settings_(checked(std::move(settings))),
      context_(context),
      log_(std::make_shared<ClientLog>(context)),
      producers_({settings_.bootstrap_servers, {settings_.topic}, settings_.kafka}, log_) {
  for (const auto& danger : dangers(settings_.bootstrap_servers, settings_.kafka))
    context.warn(danger);
  if (mode == OutputMode::update && !settings_.key)
    context.warn("output_mode = \"update\" without `key`: readers of topic \"" + settings_.topic +
                 "\" cannot tell which record replaces which");
}

std::unique_ptr<Writer> KafkaSink::open_writer(int /*partition*/) {
  return std::make_unique<KafkaWriter>(settings_, context_, producers_);
}

// Transactions log as the first sink, also in the background, and so end with it.
KafkaSink::~KafkaSink() {
  if (is_first_) producers_.transactions()->end();
}

void KafkaSink::join(DecidingSink* first) {
  if (first == nullptr) {
    producers_.use(
        std::make_shared<Transactions>(settings_.bootstrap_servers, settings_.kafka, log_));
    is_first_ = true;
    return;
  }
  const auto& shared = static_cast<KafkaSink*>(first)->producers_.transactions();
  if (shared->properties() != settings_.kafka)
    throw Error::user(
        "`kafka` differs from that of the sink it shares its transactions with; give both the same "
        "properties")
        .about("kafka");
  producers_.use(shared);
}

std::string KafkaSink::place() const {
  std::vector<std::string> brokers;
  std::string_view rest = settings_.bootstrap_servers;
  while (!rest.empty()) {
    auto one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (!one.empty()) brokers.emplace_back(one);
  }
  std::ranges::sort(brokers);
  std::string place = "Kafka at ";
  for (const auto& each : brokers) place += (&each == &brokers.front() ? "" : ",") + each;
  return place;
}

Fenced KafkaSink::fence(std::string_view job, std::string_view run) {
  return producers_.transactions()->fence(job, run);
}

void KafkaSink::begin(Epoch /*epoch*/) { producers_.transactions()->begin(); }

void KafkaSink::decide(const Decision& decision, std::span<const SourcePosition> positions) {
  producers_.transactions()->decide(decision, positions);
}

}  // namespace millrace::kafka
