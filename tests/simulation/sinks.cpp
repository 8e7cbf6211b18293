// Sinks without transactions of their own: rows as they come, and parts that a receipt shows.
#include "millrace/sink.hpp"

#include "tests/simulation/components.hpp"

namespace millrace::simulation {
namespace {

struct NoSettings {};

std::string name_of(const Context& context) { return std::string(context.component()); }

class RowsWriter final : public Writer {
 public:
  explicit RowsWriter(std::string sink) : sink_(std::move(sink)) {}

  bool open(Epoch epoch) override {
    outside().call(Outside::Side::sink);
    epoch_ = epoch;
    return true;
  }
  void write(const Batch& rows, const Column*) override {
    Outside& world = outside();
    world.call(Outside::Side::sink);
    for (const Row row : rows) world.show(sink_, epoch_, text_of(row));
  }
  void close(const Error* cause) override {
    if (cause == nullptr) outside().call(Outside::Side::sink);
  }

 private:
  std::string sink_;
  Epoch epoch_ = -1;
};

class RowsSink final : public Sink {
 public:
  RowsSink(const NoSettings&, const Context& context, const Schema&, OutputMode)
      : name_(name_of(context)) {}
  std::unique_ptr<Writer> open_writer(int) override { return std::make_unique<RowsWriter>(name_); }

 private:
  std::string name_;
};

class PartsWriter final : public Writer {
 public:
  explicit PartsWriter(std::vector<std::string>& rows) : rows_(rows) {}

  bool open(Epoch) override {
    outside().call(Outside::Side::sink);
    return true;
  }
  void write(const Batch& rows, const Column*) override {
    outside().call(Outside::Side::sink);
    for (const Row row : rows) mine_.push_back(text_of(row));
  }
  void close(const Error* cause) override {
    if (cause == nullptr) {
      outside().call(Outside::Side::sink);
      rows_.insert(rows_.end(), mine_.begin(), mine_.end());
    }
    mine_.clear();
  }

 private:
  std::vector<std::string>& rows_;
  std::vector<std::string> mine_;
};

class PartsSink final : public TransactionalSink {
 public:
  PartsSink(const NoSettings&, const Context& context, const Schema&, OutputMode)
      : name_(name_of(context)) {
    if (outside().sabotage() == Sabotage::prepared_rows_vanish) store().prepared.clear();
  }

  std::unique_ptr<Writer> open_writer(int) override { return std::make_unique<PartsWriter>(rows_); }

  std::string prepare(Epoch epoch) override {
    Outside& world = outside();
    world.call(Outside::Side::sink);
    if (store().visible.contains(epoch))
      world.violated(name_ + " is given epoch " + std::to_string(epoch) +
                     ", which it shows already");
    store().prepared[epoch] = std::exchange(rows_, {});
    return "part " + std::to_string(epoch);
  }

  void commit(Epoch epoch, std::string_view receipt) override {
    Outside& world = outside();
    world.call(Outside::Side::sink);
    if (receipt != "part " + std::to_string(epoch))
      world.violated(name_ + " commits epoch " + std::to_string(epoch) + " with the receipt " +
                     std::string(receipt));
    if (!world.decided(epoch))
      world.violated(name_ + " is to show epoch " + std::to_string(epoch) +
                     " before it is decided (I8)");
    if (store().visible.contains(epoch)) return;
    if (!store().visible.empty() && epoch < store().visible.rbegin()->first)
      world.violated(name_ + " is to show epoch " + std::to_string(epoch) +
                     " after a later one (I8)");
    const auto part = store().prepared.find(epoch);
    if (part == store().prepared.end())
      return world.violated(name_ + " is to show epoch " + std::to_string(epoch) +
                            ", which was never prepared");
    for (const auto& row : part->second)
      world.note(name_ + " " + std::to_string(epoch) + " " + row);
    store().visible[epoch] = std::move(part->second);
    store().prepared.erase(part);
  }

  void abort(Epoch epoch) override {
    Outside& world = outside();
    world.call(Outside::Side::sink);
    rows_.clear();
    if (store().visible.contains(epoch))
      world.violated(name_ + " is to forget epoch " + std::to_string(epoch) +
                     ", which it shows already");
    store().prepared.erase(epoch);
  }

 private:
  PartStore& store() const { return outside().parts(name_); }

  std::string name_;
  std::vector<std::string> rows_;
};

}  // namespace

Component rows_sink() {
  return sink<RowsSink, NoSettings>("simulated_rows", "Shows rows as they come.", {});
}
Component parts_sink() {
  return sink<PartsSink, NoSettings>("simulated_parts", "Shows an epoch at its commit.", {});
}

}  // namespace millrace::simulation
