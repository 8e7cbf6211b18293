// A sink whose transaction decides epochs, against the simulated broker. As the Kafka sink does, it
// takes a new producer for each transaction.
#include "millrace/deciding_sink.hpp"

#include "tests/simulation/components.hpp"

namespace millrace::simulation {
namespace {

struct NoSettings {};

class LogSink final : public DecidingSink {
 public:
  LogSink(const NoSettings&, const Context& context, const Schema&, OutputMode)
      : name_(context.component()) {}

  std::unique_ptr<Writer> open_writer(int) override;
  void join(DecidingSink* first) override {
    first_ = first == nullptr ? this : static_cast<LogSink*>(first);
  }
  std::string place() const override { return "the simulated broker"; }

  Fenced fence(std::string_view, std::string_view) override;
  void begin(Epoch epoch) override;
  void decide(const Decision& decision, std::span<const SourcePosition>) override;

  uint64_t producer() const { return first_->producer_; }
  const std::string& name() const { return name_; }

 private:
  bool kept() const { return outside().sabotage() == Sabotage::producer_is_kept; }
  void new_producer();

  std::string name_;
  LogSink* first_ = nullptr;
  uint64_t producer_ = 0;
  bool open_ = false;
};

class LogWriter final : public Writer {
 public:
  explicit LogWriter(const LogSink& sink) : sink_(sink) {}

  bool open(Epoch epoch) override {
    outside().call(Outside::Side::sink);
    epoch_ = epoch;
    return true;
  }
  void write(const Batch& rows, const Column*) override {
    Outside& world = outside();
    world.call(Outside::Side::sink);
    for (const Row row : rows)
      world.broker().append(sink_.producer(), {sink_.name(), epoch_, text_of(row)});
  }
  void close(const Error* cause) override {
    if (cause == nullptr) outside().call(Outside::Side::sink);
  }

 private:
  const LogSink& sink_;
  Epoch epoch_ = -1;
};

std::unique_ptr<Writer> LogSink::open_writer(int) { return std::make_unique<LogWriter>(*this); }

void LogSink::new_producer() {
  producer_ = outside().broker().new_producer();
  open_ = false;
}

Fenced LogSink::fence(std::string_view, std::string_view) {
  Outside& world = outside();
  world.call(Outside::Side::sink);
  auto marker = world.broker().marker();
  if (world.sabotage() == Sabotage::marker_before_fence) world.broker().pass(true);
  new_producer();
  if (world.sabotage() != Sabotage::marker_before_fence) marker = world.broker().marker();
  Fenced fenced{std::nullopt, world.decision_kept_us()};
  if (marker) fenced.newest = Decision{marker->epoch, marker->record, marker->run};
  return fenced;
}

void LogSink::begin(Epoch) {
  Outside& world = outside();
  world.call(Outside::Side::sink);
  if (!kept()) new_producer();
  world.broker().begin(producer_);
  open_ = true;
}

void LogSink::decide(const Decision& decision, std::span<const SourcePosition>) {
  Outside& world = outside();
  world.call(Outside::Side::sink);
  if (!open_) begin(decision.epoch);
  open_ = false;
  world.broker().add_marker(producer_, {decision.epoch, decision.record, decision.run});
  const auto fault = world.decision_fault();
  if (fault == FaultKind::decision_lost) throw Error::external("the broker does not answer");
  if (fault == FaultKind::decision_delayed) {
    world.broker().commit_later(producer_, 1 + static_cast<uint64_t>(decision.epoch) % 5);
    throw Error::external("the broker does not answer");
  }
  world.broker().commit(producer_);
  world.note("decided " + std::to_string(decision.epoch));
  if (fault == FaultKind::decision_sent_twice) world.broker().commit_later(producer_, 6);
  if (fault == FaultKind::decision_unanswered) throw Error::external("the broker does not answer");
}

}  // namespace

Component log_sink() {
  return sink<LogSink, NoSettings>("simulated_log", "A log with transactions.", {});
}

}  // namespace millrace::simulation
