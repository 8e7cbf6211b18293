#include <algorithm>
#include <vector>

#include "millrace/value_order.hpp"

#include "core/expression/built_node.hpp"
#include "core/expression/functions/array_changes.hpp"
#include "core/expression/functions/array_function.hpp"

// Arrays out of several arrays. As sets they hold null once, and NaN equals NaN.
namespace millrace {

namespace {

constexpr int32_t items_max = 1 << 24;

/// Whether two items are the same; nulls are.
bool same_item(const Column& left, int64_t i, const Column& right, int64_t j) {
  if (left.is_null(i) || right.is_null(j)) return left.is_null(i) && right.is_null(j);
  return compare_values(left, i, right, j) == 0;
}

bool holds(const Items& items, const Column& column, int64_t row) {
  for (int32_t i = items.begin; i < items.end; ++i)
    if (same_item(items.column, i, column, row)) return true;
  return false;
}

/// The items of a list, each once, that pass a test.
template <class Test>
void append_once(const Items& items, std::vector<int32_t>& kept, ColumnBuilder& to, Test&& test) {
  kept.clear();
  for (int32_t i = items.begin; i < items.end; ++i) {
    const bool known = std::any_of(kept.begin(), kept.end(), [&](int32_t k) {
      return same_item(items.column, k, items.column, i);
    });
    if (known || !test(i)) continue;
    kept.push_back(i);
    to.child().append_from(items.column, i);
  }
}

template <class Append>
NodePtr of_two(Binding& binding, Append append) {
  expect_array(binding, 2);
  const Type type = binding.unify(0);
  return make_built(type, binding.arguments, binding.session, Nulls::hidden, append);
}

NodePtr bind_union(Binding& binding) {
  return of_two(binding, [](const Cells& cells, ColumnBuilder& to) {
    const Items left(cells, 0);
    const Items right(cells, 1);
    std::vector<int32_t> kept;
    append_once(left, kept, to, [](int32_t) { return true; });
    append_once(right, kept, to, [&](int32_t i) { return !holds(left, right.column, i); });
    to.end_nested();
  });
}

NodePtr bind_selection(Binding& binding, bool wanted) {
  return of_two(binding, [wanted](const Cells& cells, ColumnBuilder& to) {
    const Items left(cells, 0);
    const Items right(cells, 1);
    std::vector<int32_t> kept;
    append_once(left, kept, to, [&](int32_t i) { return holds(right, left.column, i) == wanted; });
    to.end_nested();
  });
}

NodePtr bind_flatten(Binding& binding) {
  expect_array(binding, 1);
  const Type item = binding.arguments[0]->type().children.at(0).type;
  if (item.id != TypeId::list)
    binding.fail_at(0, "`flatten` takes an array of arrays, this is " +
                           to_string(binding.arguments[0]->type()));
  return make_built(item, binding.arguments, binding.session, Nulls::hidden,
                    [](const Cells& cells, ColumnBuilder& to) {
                      const Items lists(cells, 0);
                      for (int32_t i = lists.begin; i < lists.end; ++i)
                        if (lists.column.is_null(i)) return to.append_null();
                      for (int32_t i = lists.begin; i < lists.end; ++i)
                        for (int32_t k = lists.column.offsets[i]; k < lists.column.offsets[i + 1];
                             ++k)
                          to.child().append_from(lists.column.children[0], k);
                      to.end_nested();
                    });
}

/// Items and nulls from position 0 to `end`, the item itself at its place.
void append_inserted(const Cells& cells, ColumnBuilder& to) {
  if (cells.is_null(0) || cells.is_null(1)) return to.append_null();
  const Items items(cells, 0);
  const int64_t position = cells.int32(1);
  const int64_t count = items.count();
  if (position == 0)
    throw RowError{"positions count from 1, or from -1 at the end; there is no position 0"};
  if (position > items_max || position < -items_max)
    throw RowError{"an array of " + std::to_string(std::abs(position)) + " items is too long"};
  const int64_t place = position > 0 ? position - 1 : count + position + 1;
  const auto append = [&](int64_t from, int64_t until) {
    for (int64_t i = from; i < until; ++i) to.child().append_from(items.column, items.begin + i);
  };
  const auto pad = [&](int64_t nulls) {
    for (int64_t i = 0; i < nulls; ++i) to.child().append_null();
  };
  append(0, std::clamp<int64_t>(place, 0, count));
  pad(place - count);
  to.child().append_from(cells.column(2), cells.at(2));
  pad(-place);
  append(std::clamp<int64_t>(place, 0, count), count);
  to.end_nested();
}

NodePtr bind_insert(Binding& binding) {
  expect_array(binding, 3);
  std::swap(binding.arguments[1], binding.arguments[2]);
  Binding item{
      binding.ast, binding.source, binding.session, {binding.arguments[0], binding.arguments[1]}};
  expect_array_and_item(item);
  std::swap(binding.arguments[1], binding.arguments[2]);
  return make_built(item.arguments[0]->type(),
                    {item.arguments[0], binding.converted(1, TypeId::int32), item.arguments[1]},
                    binding.session, Nulls::seen, append_inserted);
}

/// The name of a field made of an argument: the column's, or its number.
std::string field_name(const AstNode& argument, size_t number) {
  return argument.kind == AstNode::Kind::column ? argument.path.back() : std::to_string(number);
}

NodePtr bind_zip(Binding& binding) {
  std::vector<Field> fields;
  for (size_t i = 0; i < binding.arguments.size(); ++i) {
    const auto& type = binding.arguments[i]->type();
    if (type.id != TypeId::list)
      binding.fail_at(i, "`arrays_zip` takes arrays, this is " + with_article(type));
    fields.push_back({field_name(*binding.ast.arguments[i], i), type.children.at(0).type});
  }
  if (fields.empty()) binding.fail("`arrays_zip` takes arrays");
  return make_built(list_of(Type(TypeId::structure, std::move(fields))), binding.arguments,
                    binding.session, Nulls::hidden, [](const Cells& cells, ColumnBuilder& to) {
                      int32_t longest = 0;
                      for (size_t i = 0; i < cells.count(); ++i)
                        longest = std::max(longest, Items(cells, i).count());
                      for (int32_t at = 0; at < longest; ++at) {
                        for (size_t i = 0; i < cells.count(); ++i) {
                          const Items items(cells, i);
                          if (at < items.count())
                            to.child().child(i).append_from(items.column, items.begin + at);
                          else
                            to.child().child(i).append_null();
                        }
                        to.child().end_nested();
                      }
                      to.end_nested();
                    });
}

}  // namespace

NodePtr bind_joined_arrays(Binding& binding) {
  const Type type = binding.unify(0);
  return make_built(type, binding.arguments, binding.session, Nulls::hidden,
                    [](const Cells& cells, ColumnBuilder& to) {
                      for (size_t i = 0; i < cells.count(); ++i) {
                        const Items items(cells, i);
                        for (int32_t k = items.begin; k < items.end; ++k)
                          to.child().append_from(items.column, k);
                      }
                      to.end_nested();
                    });
}

NodePtr bind_reversed_array(Binding& binding) {
  expect_array(binding, 1);
  return make_built(binding.arguments[0]->type(), binding.arguments, binding.session, Nulls::hidden,
                    [](const Cells& cells, ColumnBuilder& to) {
                      const Items items(cells, 0);
                      for (int32_t i = items.end; i-- > items.begin;)
                        to.child().append_from(items.column, i);
                      to.end_nested();
                    });
}

void add_array_sets(FunctionList& list) {
  list.push_back(
      array_function({"array_union"}, "array_union(a, b)", "The items of both arrays, each once.",
                     {{"array_union(ARRAY[1, 2, 2], ARRAY[3, 1])", "[1, 2, 3]"}}, bind_union));
  list.push_back(array_function({"array_intersect"}, "array_intersect(a, b)",
                                "The items of both, each once.",
                                {{"array_intersect(ARRAY[1, 2, 3], ARRAY[3, 1])", "[1, 3]"}},
                                [](Binding& binding) { return bind_selection(binding, true); }));
  list.push_back(array_function({"array_except"}, "array_except(a, b)",
                                "The items of the first that the second has not, each once.",
                                {{"array_except(ARRAY[1, 2, 2, 3], ARRAY[3, 1])", "[2]"}},
                                [](Binding& binding) { return bind_selection(binding, false); }));
  list.push_back(
      array_function({"array_insert"}, "array_insert(array, position, value)",
                     "A value put in at a position, counted from 1, or from -1 at the end; "
                     "nulls fill what lies between.",
                     {{"array_insert(ARRAY[1, 3], 2, 2)", "[1, 2, 3]"},
                      {"array_insert(ARRAY[1, 2], -1, 3)", "[1, 2, 3]"},
                      {"array_insert(ARRAY[1], 4, 9)", "[1, null, null, 9]"}},
                     bind_insert));
  list.push_back(array_function({"flatten"}, "flatten(arrays)", "The items of an array of arrays.",
                                {{"flatten(ARRAY[ARRAY[1, 2], ARRAY[3]])", "[1, 2, 3]"}},
                                bind_flatten));
  list.push_back(array_function(
      {"arrays_zip"}, "arrays_zip(a, b, ...)",
      "Structs of the items at the same position, with nulls behind the end of "
      "the shorter; fields are named as the columns, or by number.",
      {{"arrays_zip(ARRAY[1, 2], ARRAY['a'])", "[{0: 1, 1: 'a'}, {0: 2, 1: null}]"}}, bind_zip));
}

}  // namespace millrace
