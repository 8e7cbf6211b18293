// mode: the value that most rows have, the least of several; null if no value was there.
#include <map>
#include <string>

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/scalar.hpp"

namespace millrace::window {
namespace {

// Saved form: a 32-bit number of values, and each as a scalar saves itself and a 64-bit count.
class Mode final : public Accumulators {
 public:
  explicit Mode(Type type) : type_(std::move(type)) {}

  void resize(size_t groups) override { cells_.resize(groups); }
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    Scalar value;
    std::string saved;
    assignment.for_each([&](int64_t row, uint32_t group) {
      assign(value, arguments[0], row);
      if (!value.present) return;
      saved.resize(saved_bytes(type_, value));
      window::save(type_, value, saved.data());
      ++cells_[group][saved];
    });
  }
  void measure(std::span<const uint32_t> groups, uint32_t* sizes) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      size_t bytes = sizeof(uint32_t);
      for (const auto& [value, count] : cells_[groups[i]]) bytes += value.size() + sizeof count;
      sizes[i] += static_cast<uint32_t>(bytes);
    }
  }
  void save(std::span<const uint32_t> groups, char** cursors) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto& cell = cells_[groups[i]];
      store_value(cursors[i], static_cast<uint32_t>(cell.size()));
      cursors[i] += sizeof(uint32_t);
      for (const auto& [value, count] : cell) {
        cursors[i] += value.copy(cursors[i], value.size());
        store_value(cursors[i], count);
        cursors[i] += sizeof count;
      }
    }
  }
  void merge(std::span<const uint32_t> groups, const char** cursors) override {
    Scalar value;
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto values = load_value<uint32_t>(cursors[i]);
      cursors[i] += sizeof values;
      for (uint32_t k = 0; k < values; ++k) {
        const char* end = load(type_, cursors[i], value);
        cells_[groups[i]][std::string(cursors[i], end)] += load_value<int64_t>(end);
        cursors[i] = end + sizeof(int64_t);
      }
    }
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    Scalar value;
    Scalar best;
    for (const auto group : groups) {
      int64_t most = 0;
      best.present = false;
      for (const auto& [saved, count] : cells_[group]) {
        load(type_, saved.data(), value);
        if (count < most || (count == most && !less(type_, value, best))) continue;
        most = count;
        best = value;
      }
      append(best, to);
    }
  }

 private:
  Type type_;
  std::vector<std::map<std::string, int64_t>> cells_;
};

}  // namespace

AggregateKind bind_mode(const AggregateCall& call) {
  check_argument_count(call, 1, 2);
  if (call.arguments.size() > 1 && call.arguments[1].id != TypeId::boolean)
    throw Error::user(
        "the second argument of mode says that the least of several counts: TRUE, "
        "not " +
        with_article(call.arguments[1]));
  return kind_of<Mode>(call.arguments[0], call.arguments[0]);
}

}  // namespace millrace::window
