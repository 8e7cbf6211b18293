// collect_list: the values in order of arrival, without nulls. collect_set: each value once, in
// rising order, so that the result does not depend on arrival.
#include <algorithm>
#include <set>
#include <string>

#include "plugins/window/aggregates/catalog.hpp"
#include "plugins/window/aggregates/scalar.hpp"

namespace millrace::window {
namespace {

std::string saved_text(const Type& type, const Scalar& value) {
  std::string text(saved_bytes(type, value), '\0');
  save(type, value, text.data());
  return text;
}

// The values one after the other, as scalars save themselves.
class ListItems {
 public:
  void add(const Type& type, const Scalar& value) {
    const size_t before = bytes_.size();
    bytes_.resize(before + window::saved_bytes(type, value));
    window::save(type, value, bytes_.data() + before);
  }
  size_t saved_bytes() const { return bytes_.size(); }
  void save(char* to) const { bytes_.copy(to, bytes_.size()); }
  void merge(const Type&, std::string_view saved) { bytes_.append(saved); }
  void append_to(const Type& type, ColumnBuilder& items) const {
    Scalar value;
    for (const char* at = bytes_.data(); at != bytes_.data() + bytes_.size();) {
      at = load(type, at, value);
      append(value, items);
    }
  }

 private:
  std::string bytes_;
};

class SetItems {
 public:
  void add(const Type& type, const Scalar& value) { items_.insert(saved_text(type, value)); }
  size_t saved_bytes() const {
    size_t bytes = 0;
    for (const auto& item : items_) bytes += item.size();
    return bytes;
  }
  void save(char* to) const {
    for (const auto& item : items_) to += item.copy(to, item.size());
  }
  void merge(const Type& type, std::string_view saved) {
    Scalar value;
    for (const char* at = saved.data(); at != saved.data() + saved.size();) {
      const char* end = load(type, at, value);
      items_.emplace(at, end);
      at = end;
    }
  }
  void append_to(const Type& type, ColumnBuilder& items) const {
    std::vector<Scalar> values(items_.size());
    size_t i = 0;
    for (const auto& item : items_) load(type, item.data(), values[i++]);
    std::sort(values.begin(), values.end(),
              [&](const Scalar& a, const Scalar& b) { return less(type, a, b); });
    for (const auto& value : values) append(value, items);
  }

 private:
  std::set<std::string> items_;
};

// Saved form: a 32-bit length and the saved items.
template <class Items>
class Collect final : public Accumulators {
 public:
  explicit Collect(Type type) : type_(std::move(type)) {}

  void resize(size_t groups) override { cells_.resize(groups); }
  void add(std::span<const Column> arguments, const Assignment& assignment) override {
    Scalar value;
    assignment.for_each([&](int64_t row, uint32_t group) {
      assign(value, arguments[0], row);
      if (value.present) cells_[group].add(type_, value);
    });
  }
  void measure(std::span<const uint32_t> groups, uint32_t* sizes) const override {
    for (size_t i = 0; i < groups.size(); ++i)
      sizes[i] += static_cast<uint32_t>(sizeof(uint32_t) + cells_[groups[i]].saved_bytes());
  }
  void save(std::span<const uint32_t> groups, char** cursors) const override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto& cell = cells_[groups[i]];
      const auto size = static_cast<uint32_t>(cell.saved_bytes());
      store_value(cursors[i], size);
      cell.save(cursors[i] + sizeof size);
      cursors[i] += sizeof size + size;
    }
  }
  void merge(std::span<const uint32_t> groups, const char** cursors) override {
    for (size_t i = 0; i < groups.size(); ++i) {
      const auto size = load_value<uint32_t>(cursors[i]);
      cells_[groups[i]].merge(type_, {cursors[i] + sizeof size, size});
      cursors[i] += sizeof size + size;
    }
  }
  void result(std::span<const uint32_t> groups, ColumnBuilder& to) const override {
    for (const auto group : groups) {
      cells_[group].append_to(type_, to.child());
      to.end_nested();
    }
  }

 private:
  Type type_;
  std::vector<Items> cells_;
};

}  // namespace

AggregateKind bind_collect(const AggregateCall& call) {
  check_argument_count(call, 1, 1);
  const Type type = call.arguments[0];
  if (call.function == "collect_set") return kind_of<Collect<SetItems>>(list_of(type), type);
  return kind_of<Collect<ListItems>>(list_of(type), type);
}

}  // namespace millrace::window
