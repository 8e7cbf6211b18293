#include "core/expression/functions/array_changes.hpp"

#include <algorithm>
#include <numeric>

#include "millrace/value_order.hpp"

#include "core/expression/built_node.hpp"
#include "core/expression/coercion.hpp"
#include "core/expression/functions/array_function.hpp"

namespace millrace {

void expect_array(const Binding& binding, size_t count) {
  if (binding.arguments.size() != count)
    binding.fail("`" + binding.name() + "` takes " + std::to_string(count) +
                 (count == 1 ? " argument" : " arguments") + ", not " +
                 std::to_string(binding.arguments.size()));
  const auto& type = binding.arguments[0]->type();
  if (type.id != TypeId::list)
    binding.fail_at(0, "`" + binding.name() + "` takes an array, this is " + with_article(type),
                    "an array is written ARRAY[1, 2]");
}

void expect_array_and_item(Binding& binding) {
  expect_array(binding, 2);
  const Type item = binding.arguments[0]->type().children.at(0).type;
  const Type given = binding.arguments[1]->type();
  const auto common = common_type(item, given, binding.session->ansi);
  if (!common)
    binding.fail_at(
        1, "the array has items of type " + to_string(item) + ", this is " + with_article(given));
  binding.arguments[0] = binding.converted(0, list_of(*common));
  binding.arguments[1] = binding.converted(1, *common);
}

namespace {

constexpr int32_t items_max = 1 << 24;

/// The items of a list in an order, chosen as positions in the items' column.
void append_items(const Column& items, const std::vector<int32_t>& chosen, ColumnBuilder& to) {
  for (const auto i : chosen) to.child().append_from(items, i);
  to.end_nested();
}

std::vector<int32_t> positions(const Items& items) {
  std::vector<int32_t> all(static_cast<size_t>(items.count()));
  std::iota(all.begin(), all.end(), items.begin);
  return all;
}

void append_sorted(const Cells& cells, ColumnBuilder& to) {
  const Items items(cells, 0);
  const bool rising = cells.count() < 2 || cells.boolean(1);
  auto order = positions(items);
  const auto& column = items.column;
  std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    if (!rising) std::swap(a, b);
    if (column.is_null(a) || column.is_null(b)) return column.is_null(a) && !column.is_null(b);
    return compare_values(column, a, column, b) < 0;
  });
  append_items(column, order, to);
}

/// As array_sort does it: rising, with nulls last.
void append_rising(const Cells& cells, ColumnBuilder& to) {
  const Items items(cells, 0);
  auto order = positions(items);
  const auto& column = items.column;
  std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    if (column.is_null(a) || column.is_null(b)) return !column.is_null(a) && column.is_null(b);
    return compare_values(column, a, column, b) < 0;
  });
  append_items(column, order, to);
}

NodePtr bind_sort(Binding& binding) {
  expect_array(binding, std::clamp<size_t>(binding.arguments.size(), 1, 2));
  if (binding.arguments.size() == 2) binding.arguments[1] = binding.converted(1, TypeId::boolean);
  return make_built(binding.arguments[0]->type(), binding.arguments, binding.session, Nulls::hidden,
                    append_sorted);
}

bool same_item(const Column& column, int32_t a, int32_t b) {
  if (column.is_null(a) || column.is_null(b)) return column.is_null(a) && column.is_null(b);
  return compare_values(column, a, column, b) == 0;
}

void append_distinct(const Cells& cells, ColumnBuilder& to) {
  const Items items(cells, 0);
  std::vector<int32_t> kept;
  for (int32_t i = items.begin; i < items.end; ++i)
    if (std::none_of(kept.begin(), kept.end(),
                     [&](int32_t k) { return same_item(items.column, k, i); }))
      kept.push_back(i);
  append_items(items.column, kept, to);
}

void append_compact(const Cells& cells, ColumnBuilder& to) {
  const Items items(cells, 0);
  for (int32_t i = items.begin; i < items.end; ++i)
    if (!items.column.is_null(i)) to.child().append_from(items.column, i);
  to.end_nested();
}

template <class Append>
NodePtr changed(Binding& binding, Append append) {
  expect_array(binding, 1);
  return make_built(binding.arguments[0]->type(), binding.arguments, binding.session, Nulls::hidden,
                    append);
}

NodePtr bind_remove(Binding& binding) {
  expect_array_and_item(binding);
  return make_built(binding.arguments[0]->type(), binding.arguments, binding.session, Nulls::hidden,
                    [](const Cells& cells, ColumnBuilder& to) {
                      const Items items(cells, 0);
                      for (int32_t i = items.begin; i < items.end; ++i)
                        if (items.column.is_null(i) ||
                            compare_values(items.column, i, cells.column(1), cells.at(1)) != 0)
                          to.child().append_from(items.column, i);
                      to.end_nested();
                    });
}

/// array_append and array_prepend; the item may be null, the array may not.
NodePtr bind_addition(Binding& binding, bool in_front) {
  expect_array_and_item(binding);
  return make_built(binding.arguments[0]->type(), binding.arguments, binding.session, Nulls::seen,
                    [in_front](const Cells& cells, ColumnBuilder& to) {
                      if (cells.is_null(0)) return to.append_null();
                      const Items items(cells, 0);
                      if (in_front) to.child().append_from(cells.column(1), cells.at(1));
                      for (int32_t i = items.begin; i < items.end; ++i)
                        to.child().append_from(items.column, i);
                      if (!in_front) to.child().append_from(cells.column(1), cells.at(1));
                      to.end_nested();
                    });
}

void append_slice(const Cells& cells, ColumnBuilder& to) {
  const Items items(cells, 0);
  const int64_t start = cells.int32(1);
  const int64_t length = cells.int32(2);
  if (start == 0)
    throw RowError{"positions count from 1, or from -1 at the end; there is no position 0"};
  if (length < 0) throw RowError{"the length " + std::to_string(length) + " is negative"};
  const int64_t first = start > 0 ? start - 1 : items.count() + start;
  if (first >= 0)
    for (int64_t i = first; i < std::min<int64_t>(first + length, items.count()); ++i)
      to.child().append_from(items.column, items.begin + i);
  to.end_nested();
}

NodePtr bind_slice(Binding& binding) {
  expect_array(binding, 3);
  return make_built(binding.arguments[0]->type(),
                    {binding.arguments[0], binding.converted(1, TypeId::int32),
                     binding.converted(2, TypeId::int32)},
                    binding.session, Nulls::hidden, append_slice);
}

NodePtr bind_repeat(Binding& binding) {
  if (binding.arguments.size() != 2) binding.fail("`array_repeat` takes a value and a count");
  return make_built(
      list_of(binding.arguments[0]->type()),
      {binding.arguments[0], binding.converted(1, TypeId::int32)}, binding.session, Nulls::seen,
      [](const Cells& cells, ColumnBuilder& to) {
        if (cells.is_null(1)) return to.append_null();
        const int32_t count = cells.int32(1);
        if (count > items_max)
          throw RowError{"an array of " + std::to_string(count) + " items is too long"};
        for (int32_t i = 0; i < count; ++i) to.child().append_from(cells.column(0), cells.at(0));
        to.end_nested();
      });
}

}  // namespace

void add_array_changes(FunctionList& list) {
  list.push_back(array_function({"sort_array"}, "sort_array(array, rising)",
                                "The items in rising order with nulls first, or in falling order.",
                                {{"sort_array(ARRAY[2, NULL, 1])", "[null, 1, 2]"},
                                 {"sort_array(ARRAY[2, NULL, 1], false)", "[2, 1, null]"}},
                                bind_sort));
  list.push_back(array_function({"array_sort"}, "array_sort(array)",
                                "The items in rising order with nulls last.",
                                {{"array_sort(ARRAY[2, NULL, 1])", "[1, 2, null]"}},
                                [](Binding& binding) { return changed(binding, append_rising); }));
  list.push_back(
      array_function({"array_distinct"}, "array_distinct(array)", "Each item once.",
                     {{"array_distinct(ARRAY[1, 2, 1])", "[1, 2]"}},
                     [](Binding& binding) { return changed(binding, append_distinct); }));
  list.push_back(array_function({"array_compact"}, "array_compact(array)",
                                "The items without nulls.",
                                {{"array_compact(ARRAY[1, NULL, 2])", "[1, 2]"}},
                                [](Binding& binding) { return changed(binding, append_compact); }));
  list.push_back(array_function({"array_remove"}, "array_remove(array, value)",
                                "The items without those that equal a value.",
                                {{"array_remove(ARRAY[1, 2, 1], 1)", "[2]"}}, bind_remove));
  list.push_back(array_function({"array_append"}, "array_append(array, value)",
                                "A value added at the end.",
                                {{"array_append(ARRAY[1], 2)", "[1, 2]"}},
                                [](Binding& binding) { return bind_addition(binding, false); }));
  list.push_back(array_function({"array_prepend"}, "array_prepend(array, value)",
                                "A value added in front.",
                                {{"array_prepend(ARRAY[1], 2)", "[2, 1]"}},
                                [](Binding& binding) { return bind_addition(binding, true); }));
  list.push_back(array_function(
      {"slice"}, "slice(array, start, length)",
      "Some items from a position on, counted from 1, or from -1 at the end.",
      {{"slice(ARRAY[1, 2, 3], 2, 2)", "[2, 3]"}, {"slice(ARRAY[1, 2, 3], -2, 1)", "[2]"}},
      bind_slice));
  list.push_back(array_function({"array_repeat"}, "array_repeat(value, count)",
                                "A value several times.", {{"array_repeat('a', 2)", "['a', 'a']"}},
                                bind_repeat));
}

}  // namespace millrace
