// listagg(text, delimiter), string_agg: the texts of a group joined, without nulls; null if no text
// was there. In order of arrival, or by WITHIN GROUP (ORDER BY ...), which arrives as two more
// arguments: the order, and whether it falls.
#include <algorithm>
#include <numeric>
#include <string>

#include "millrace/error.hpp"

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/scalar.hpp"

namespace millrace::window {
namespace {

// Saved form: the delimiter, whether the order falls, a 32-bit number of texts, and each with its
// order.
class TextList final : public Accumulators {
 public:
  TextList(Type text, Type order, bool ordered)
      : text_(std::move(text)), order_(std::move(order)), ordered_(ordered) {}

  void resize(size_t groups) override { cells_.resize(groups); }
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    assignment.for_each([&](int64_t row, uint32_t group) {
      if (arguments[0].is_null(row)) return;
      auto& cell = cells_[group];
      Item item;
      assign(item.text, arguments[0], row);
      if (arguments.size() > 1 && arguments[1].type.is_bytes())
        assign(cell.delimiter, arguments[1], row);
      if (ordered_) {
        assign(item.order, arguments[2], row);
        cell.falling = arguments[3].boolean(row);
      }
      cell.items.push_back(std::move(item));
    });
  }
  void measure(std::span<const uint32_t> groups, uint32_t* sizes) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto& cell = cells_[groups[i]];
      size_t bytes = window::saved_bytes(TypeId::binary, cell.delimiter) + 1 + sizeof(uint32_t);
      for (const auto& item : cell.items)
        bytes += window::saved_bytes(text_, item.text) + window::saved_bytes(order_, item.order);
      sizes[i] += static_cast<uint32_t>(bytes);
    }
  }
  void save(std::span<const uint32_t> groups, char** cursors) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto& cell = cells_[groups[i]];
      char*& at = cursors[i];
      at = window::save(TypeId::binary, cell.delimiter, at);
      *at++ = cell.falling ? 1 : 0;
      store_value(at, static_cast<uint32_t>(cell.items.size()));
      at += sizeof(uint32_t);
      for (const auto& item : cell.items)
        at = window::save(order_, item.order, window::save(text_, item.text, at));
    }
  }
  void merge(std::span<const uint32_t> groups, const char** cursors) override {
    Scalar delimiter;
    for (size_t i = 0; i < groups.size(); ++i) {
      auto& cell = cells_[groups[i]];
      const char*& at = cursors[i];
      at = load(TypeId::binary, at, delimiter);
      const bool falling = *at++ != 0;
      const auto count = load_value<uint32_t>(at);
      at += sizeof count;
      if (count == 0) continue;
      cell.delimiter = delimiter;
      cell.falling = falling;
      for (uint32_t k = 0; k < count; ++k) {
        Item item;
        at = load(order_, load(text_, at, item.text), item.order);
        cell.items.push_back(std::move(item));
      }
    }
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    std::string joined;
    for (const auto group : groups) {
      const auto& cell = cells_[group];
      if (cell.items.empty()) {
        to.append_null();
        continue;
      }
      joined.clear();
      bool first = true;
      for (const auto i : order_of(cell)) {
        if (!first) joined += cell.delimiter.text;
        first = false;
        joined += cell.items[i].text.text;
      }
      to.append_bytes(joined);
    }
  }

 private:
  struct Item {
    Scalar text;
    Scalar order;
  };
  struct Cell {
    std::vector<Item> items;
    Scalar delimiter;
    bool falling = false;
  };

  // Rising puts nulls first, falling puts them last.
  std::vector<size_t> order_of(const Cell& cell) const {
    std::vector<size_t> order(cell.items.size());
    std::iota(order.begin(), order.end(), size_t{0});
    if (!ordered_) return order;
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      if (cell.falling) std::swap(a, b);
      const auto& left = cell.items[a].order;
      const auto& right = cell.items[b].order;
      if (!left.present || !right.present) return !left.present && right.present;
      return less(order_, left, right);
    });
    return order;
  }

  Type text_;
  Type order_;
  bool ordered_;
  std::vector<Cell> cells_;
};

}  // namespace

AggregateKind bind_text_list(const AggregateCall& call) {
  constexpr size_t ordered_count = 4;
  const bool ordered = call.arguments.size() == ordered_count;
  if (!ordered) check_argument_count(call, 1, 2);
  const Type& text = call.arguments[0];
  if (!text.is_bytes())
    throw Error::user(call.function + " joins strings; this is " + with_article(text) +
                      "; cast it to string");
  if (call.arguments.size() > 1 && call.arguments[1].id != TypeId::null &&
      call.arguments[1] != text)
    throw Error::user("the delimiter of " + call.function + " must be " + with_article(text) +
                      ", as what it joins; this is " + with_article(call.arguments[1]));
  const Type order = ordered ? call.arguments[2] : Type(TypeId::boolean);
  return kind_of<TextList>(text, text, order, ordered);
}

}  // namespace millrace::window
