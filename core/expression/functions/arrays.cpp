#include "millrace/value_order.hpp"

#include "core/expression/built_node.hpp"
#include "core/expression/coercion.hpp"
#include "core/expression/function.hpp"
#include "core/expression/functions/array_changes.hpp"
#include "core/expression/functions/array_function.hpp"
#include "core/expression/functions/sequence.hpp"

namespace millrace {

namespace {

NodePtr bind_array(Binding& binding) {
  const Type item = binding.unify(0);
  return make_built(list_of(item), binding.arguments, binding.session, Nulls::seen,
                    [](const Cells& cells, ColumnBuilder& to) {
                      for (size_t i = 0; i < cells.count(); ++i)
                        to.child().append_from(cells.column(i), cells.at(i));
                      to.end_nested();
                    });
}

/// How a position is counted, and what one outside of the list is.
struct Position {
  bool from_one;
  bool may_be_negative;
  bool fails;
};

void append_item(const Cells& cells, const Position& position, ColumnBuilder& to) {
  const Items items(cells, 0);
  const int64_t given = cells.int32(1);
  if (position.from_one && given == 0)
    throw RowError{"positions count from 1, or from -1 at the end; there is no position 0"};
  int64_t index = position.from_one && given > 0 ? given - 1 : given;
  if (given < 0 && position.may_be_negative) index = items.count() + given;
  if (index >= 0 && index < items.count()) return to.append_from(items.column, items.begin + index);
  if (position.fails)
    throw RowError{"position " + std::to_string(given) + " is outside of an array of " +
                   std::to_string(items.count()) + " items; " +
                   (position.from_one ? "try_element_at" : "get") + " gives null instead"};
  to.append_null();
}

NodePtr bind_item(Binding& binding, Position position) {
  expect_array(binding, 2);
  const auto index = binding.arguments[1]->type();
  if (!index.is_integer() && index.id != TypeId::null)
    binding.fail_at(1, "a position must be an int, this is " + with_article(index));
  const Type item = binding.arguments[0]->type().children.at(0).type;
  return make_built(
      item, {binding.arguments[0], binding.converted(1, TypeId::int32)}, binding.session,
      Nulls::hidden,
      [position](const Cells& cells, ColumnBuilder& to) { append_item(cells, position, to); });
}

NodePtr bind_size(Binding& binding) {
  if (binding.arguments.size() == 1 && binding.arguments[0]->type().id == TypeId::null)
    binding.arguments[0] = make_null(list_of(TypeId::null));
  expect_array(binding, 1);
  const bool null_is_negative = !binding.session->ansi && binding.name() != "array_size";
  return make_built(TypeId::int32, binding.arguments, binding.session,
                    null_is_negative ? Nulls::seen : Nulls::hidden,
                    [](const Cells& cells, ColumnBuilder& to) {
                      to.append(cells.is_null(0) ? int32_t{-1} : Items(cells, 0).count());
                    });
}

/// Where a value is in a list, -1 for nowhere.
int32_t find(const Items& items, const Column& column, int64_t row) {
  for (int32_t i = items.begin; i < items.end; ++i)
    if (!items.column.is_null(i) && compare_values(items.column, i, column, row) == 0)
      return i - items.begin;
  return -1;
}

bool has_null(const Items& items) {
  for (int32_t i = items.begin; i < items.end; ++i)
    if (items.column.is_null(i)) return true;
  return false;
}

NodePtr bind_contains(Binding& binding) {
  expect_array_and_item(binding);
  return make_built(TypeId::boolean, binding.arguments, binding.session, Nulls::hidden,
                    [](const Cells& cells, ColumnBuilder& to) {
                      const Items items(cells, 0);
                      const bool found = find(items, cells.column(1), cells.at(1)) >= 0;
                      if (!found && has_null(items))
                        to.append_null();
                      else
                        to.append_boolean(found);
                    });
}

NodePtr bind_position(Binding& binding) {
  expect_array_and_item(binding);
  return make_built(TypeId::int64, binding.arguments, binding.session, Nulls::hidden,
                    [](const Cells& cells, ColumnBuilder& to) {
                      to.append(int64_t{find(Items(cells, 0), cells.column(1), cells.at(1))} + 1);
                    });
}

/// The least or greatest item; nulls do not count.
NodePtr bind_extreme(Binding& binding, int sign) {
  expect_array(binding, 1);
  const Type item = binding.arguments[0]->type().children.at(0).type;
  return make_built(
      item, binding.arguments, binding.session, Nulls::hidden,
      [sign](const Cells& cells, ColumnBuilder& to) {
        const Items items(cells, 0);
        int32_t best = -1;
        for (int32_t i = items.begin; i < items.end; ++i)
          if (!items.column.is_null(i) &&
              (best < 0 || sign * compare_values(items.column, i, items.column, best) > 0))
            best = i;
        if (best < 0)
          to.append_null();
        else
          to.append_from(items.column, best);
      });
}

NodePtr bind_overlap(Binding& binding) {
  expect_array(binding, 2);
  binding.unify(0);
  return make_built(TypeId::boolean, binding.arguments, binding.session, Nulls::hidden,
                    [](const Cells& cells, ColumnBuilder& to) {
                      const Items left(cells, 0);
                      const Items right(cells, 1);
                      bool found = false;
                      for (int32_t i = left.begin; i < left.end && !found; ++i)
                        found = !left.column.is_null(i) && find(right, left.column, i) >= 0;
                      const bool unknown = left.count() > 0 && right.count() > 0 &&
                                           (has_null(left) || has_null(right));
                      if (!found && unknown)
                        to.append_null();
                      else
                        to.append_boolean(found);
                    });
}

void append_joined(const Cells& cells, ColumnBuilder& to) {
  const Items items(cells, 0);
  std::string joined;
  bool first = true;
  for (int32_t i = items.begin; i < items.end; ++i) {
    if (items.column.is_null(i) && cells.count() < 3) continue;
    if (!first) joined += cells.text(1);
    first = false;
    joined += items.column.is_null(i) ? cells.text(2) : items.column.text(i);
  }
  to.append_bytes(joined);
}

NodePtr bind_join(Binding& binding) {
  const size_t count = binding.arguments.size();
  if (count != 2 && count != 3)
    binding.fail("`array_join` takes an array, a delimiter and perhaps a text for nulls");
  expect_array(binding, count);
  if (binding.arguments[0]->type().children.at(0).type.id != TypeId::string)
    binding.fail_at(
        0, "`array_join` joins strings, this is " + to_string(binding.arguments[0]->type()));
  for (size_t i = 1; i < count; ++i) binding.arguments[i] = binding.converted(i, TypeId::string);
  return make_built(TypeId::string, binding.arguments, binding.session, Nulls::hidden,
                    append_joined);
}

void add_items(FunctionList& list) {
  list.push_back(array_function({"array"}, "ARRAY[a, b, ...]", "An array of the values.",
                                {{"ARRAY[1, 2, NULL]", "[1, 2, null]"}}, bind_array));
  list.push_back(array_function({"[]"}, "array[index]",
                                "An item, counted from 0; outside of the array an error (ANSI).",
                                {{"(ARRAY['a', 'b'])[1]", "'b'"}}, [](Binding& binding) {
                                  return bind_item(binding, {false, false, binding.session->ansi});
                                }));
  list.push_back(
      array_function({"element_at"}, "element_at(array, position)",
                     "An item, counted from 1, or from -1 at the end; an error outside (ANSI).",
                     {{"element_at(ARRAY[1, 2, 3], -1)", "3"}}, [](Binding& binding) {
                       return bind_item(binding, {true, true, binding.session->ansi});
                     }));
  list.push_back(array_function(
      {"try_element_at"}, "try_element_at(array, position)", "The same, null outside of the array.",
      {{"try_element_at(ARRAY[1, 2, 3], 4)", "null"}}, [](Binding& binding) {
        return bind_item(binding, {true, true, false});
      }));
  list.push_back(array_function(
      {"get"}, "get(array, index)", "An item, counted from 0; null outside of the array.",
      {{"get(ARRAY[1, 2], 0)", "1"}, {"get(ARRAY[1, 2], 2)", "null"}}, [](Binding& binding) {
        return bind_item(binding, {false, false, false});
      }));
}

}  // namespace

void add_arrays(FunctionList& list) {
  add_items(list);
  list.push_back(array_function({"size", "cardinality"}, "size(array)",
                                "The number of items; of null it is null, without ANSI -1.",
                                {{"size(ARRAY[1, 2])", "2"}}, bind_size));
  list.push_back(array_function({"array_size"}, "array_size(array)", "The number of items.",
                                {{"array_size(ARRAY['a'])", "1"}}, bind_size));
  list.push_back(array_function(
      {"array_contains"}, "array_contains(array, value)",
      "Whether an array has a value; null where it does not but has a null.",
      {{"array_contains(ARRAY[1, 2], 2)", "true"}, {"array_contains(ARRAY[1, NULL], 2)", "null"}},
      bind_contains));
  list.push_back(array_function({"array_position"}, "array_position(array, value)",
                                "The position of the first such item, 0 for none.",
                                {{"array_position(ARRAY['a', 'b'], 'b')", "2"}}, bind_position));
  list.push_back(array_function({"array_max"}, "array_max(array)",
                                "The greatest item; nulls are skipped.",
                                {{"array_max(ARRAY[1, 3, NULL])", "3"}},
                                [](Binding& binding) { return bind_extreme(binding, 1); }));
  list.push_back(array_function({"array_min"}, "array_min(array)",
                                "The least item; nulls are skipped.",
                                {{"array_min(ARRAY[1, 3, NULL])", "1"}},
                                [](Binding& binding) { return bind_extreme(binding, -1); }));
  list.push_back(array_function(
      {"arrays_overlap"}, "arrays_overlap(a, b)", "Whether two arrays share an item.",
      {{"arrays_overlap(ARRAY[1, 2], ARRAY[2, 3])", "true"}}, bind_overlap));
  list.push_back(
      array_function({"array_join"}, "array_join(array, delimiter, null_text)",
                     "The strings of an array joined; nulls are left out, or written as said.",
                     {{"array_join(ARRAY['a', NULL, 'b'], '-')", "'a-b'"},
                      {"array_join(ARRAY['a', NULL], '-', '?')", "'a-?'"}},
                     bind_join));
  add_array_changes(list);
  add_array_sets(list);
  add_array_totals(list);
  add_sequence(list);
}

}  // namespace millrace
