#include "core/expression/built_node.hpp"
#include "core/expression/coercion.hpp"
#include "core/expression/functions/array_changes.hpp"
#include "core/expression/functions/array_function.hpp"

namespace millrace {
namespace {

NodePtr bind_average(Binding& binding) {
  expect_array(binding, 1);
  const Type item = binding.arguments[0]->type().children.at(0).type;
  if (!item.is_numeric() && item.id != TypeId::null)
    binding.fail_at(0, "`array_average` takes an array of numbers, this is " + with_article(item));
  binding.arguments[0] = binding.converted(0, list_of(TypeId::float64));
  return make_built(TypeId::float64, binding.arguments, binding.session, Nulls::hidden,
                    [](const Cells& cells, ColumnBuilder& to) {
                      const Items items(cells, 0);
                      double sum = 0;
                      int32_t count = 0;
                      for (int32_t i = items.begin; i < items.end; ++i) {
                        if (items.column.is_null(i)) continue;
                        sum += items.column.float64(i);
                        ++count;
                      }
                      if (count == 0) return to.append_null();
                      to.append(sum / count);
                    });
}

}  // namespace

void add_array_totals(FunctionList& list) {
  list.push_back(array_function({"array_average"}, "array_average(array)",
                                "The average of the items, a double; nulls are skipped.",
                                {{"array_average(ARRAY[1, 4, NULL])", "2.5"}}, bind_average));
}

}  // namespace millrace
