// bit_and, bit_or, bit_xor of whole numbers; null if no value was there.
#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/column_values.hpp"

namespace millrace::window {
namespace {

enum class Operation { all, some, odd };

template <Operation operation>
struct BitsCell {
  int64_t bits = operation == Operation::all ? -1 : 0;
  bool any = false;

  void add(int64_t value) {
    any = true;
    if constexpr (operation == Operation::all)
      bits &= value;
    else if constexpr (operation == Operation::some)
      bits |= value;
    else
      bits ^= value;
  }

  static constexpr size_t saved_bytes = sizeof(int64_t) + 1;
  void save(char* to) const {
    store_value(to, bits);
    to[sizeof bits] = any ? 1 : 0;
  }
  void merge(const char* from) {
    if (from[sizeof bits] != 0) add(load_value<int64_t>(from));
  }
};

template <Operation operation>
class Bits final : public FixedAccumulators<BitsCell<operation>> {
 public:
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    auto* cells = this->cells_.data();
    for_each_integer(arguments[0], assignment,
                     [=](uint32_t group, int64_t value) { cells[group].add(value); });
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) {
      const auto& cell = this->cells_[group];
      if (cell.any)
        append_integer(cell.bits, to);
      else
        to.append_null();
    }
  }
};

}  // namespace

AggregateKind bind_bits(const AggregateCall& call) {
  check_argument_count(call, 1, 1);
  const Type type = call.arguments[0];
  if (!type.is_integer())
    throw Error::user(call.function + " takes whole numbers; this is " + with_article(type));
  if (call.function == "bit_and") return free_of_order(kind_of<Bits<Operation::all>>(type));
  if (call.function == "bit_or") return free_of_order(kind_of<Bits<Operation::some>>(type));
  return free_of_order(kind_of<Bits<Operation::odd>>(type));
}

}  // namespace millrace::window
