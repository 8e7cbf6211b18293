// first, last: by arrival, not by event time, and nulls count as values unless a second argument
// is TRUE.
#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/scalar.hpp"

namespace millrace::window {
namespace {

struct Picked {
  bool any = false;
  Scalar value;
};

template <bool last>
class Pick final : public Accumulators {
 public:
  explicit Pick(Type type) : type_(std::move(type)) {}

  void resize(size_t groups) override { cells_.resize(groups); }
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    const auto& values = arguments[0];
    const auto* ignore_nulls = arguments.size() > 1 ? &arguments[1] : nullptr;
    assignment.for_each([&](int64_t row, uint32_t group) {
      auto& cell = cells_[group];
      if (cell.any && !last) return;
      if (ignore_nulls != nullptr && values.is_null(row) && !ignore_nulls->is_null(row) &&
          ignore_nulls->boolean(row))
        return;
      assign(cell.value, values, row);
      cell.any = true;
    });
  }
  void measure(std::span<const uint32_t> groups, uint32_t* sizes) const override {
    for (size_t i = 0; i < groups.size(); ++i)
      sizes[i] += static_cast<uint32_t>(1 + saved_bytes(type_, cells_[groups[i]].value));
  }
  void save(std::span<const uint32_t> groups, char** cursors) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto& cell = cells_[groups[i]];
      *cursors[i] = cell.any ? 1 : 0;
      cursors[i] = window::save(type_, cell.value, cursors[i] + 1);
    }
  }
  void merge(std::span<const uint32_t> groups, const char** cursors) override {
    Picked other;
    for (size_t i = 0; i < groups.size(); ++i) {
      other.any = *cursors[i] != 0;
      cursors[i] = load(type_, cursors[i] + 1, other.value);
      auto& cell = cells_[groups[i]];
      if (other.any && (last || !cell.any)) cell = other;
    }
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) append(cells_[group].value, to);
  }

 private:
  Type type_;
  std::vector<Picked> cells_;
};

}  // namespace

AggregateKind bind_pick(const AggregateCall& call) {
  check_argument_count(call, 1, 2);
  const Type type = call.arguments[0];
  if (call.arguments.size() > 1 && call.arguments[1].id != TypeId::boolean)
    throw Error::user("the second argument of " + call.function +
                      " says whether nulls are ignored: TRUE or FALSE, not " +
                      with_article(call.arguments[1]));
  if (call.function.starts_with("last")) return kind_of<Pick<true>>(type, type);
  return kind_of<Pick<false>>(type, type);
}

}  // namespace millrace::window
