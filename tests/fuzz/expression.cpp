// The first byte chooses ANSI mode or not; the rest is the expression.
#include <string_view>

#include "millrace/column_builder.hpp"
#include "millrace/error.hpp"

#include "core/expression/expression_error.hpp"
#include "core/expression/parse.hpp"
#include "core/expression/program.hpp"

namespace millrace {
namespace {

// Two rows: values, and nulls.
Batch rows() {
  const auto schema = std::make_shared<const Schema>(Schema{{{"a", TypeId::int64},
                                                             {"b", TypeId::int32},
                                                             {"x", TypeId::float64},
                                                             {"s", TypeId::string},
                                                             {"t", TypeId::timestamp},
                                                             {"d", TypeId::date},
                                                             {"p", TypeId::boolean},
                                                             {"m", decimal_of(10, 2)}}});
  std::vector<Column> columns;
  for (const auto& field : schema->fields) {
    ColumnBuilder builder(field.type);
    switch (field.type.id) {
      case TypeId::boolean:
        builder.append_boolean(true);
        break;
      case TypeId::string:
        builder.append_bytes("2024-01-01 \xc3\xa9");
        break;
      case TypeId::decimal:
        builder.append(Int128{150});
        break;
      case TypeId::float64:
        builder.append(1.5);
        break;
      case TypeId::int32:
      case TypeId::date:
        builder.append(int32_t{1});
        break;
      default:
        builder.append(int64_t{1});
    }
    builder.append_null();
    columns.push_back(builder.finish());
  }
  return Batch(schema, std::move(columns), 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Batch batch = rows();
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    const auto ast = parse(text);
    parse(to_sql(ast));
    bind(ast, batch.schema(), {data[0] % 2 == 0, "Europe/Berlin"})->evaluate(batch);
  } catch (const ExpressionError&) {
    // Refused, with a place.
  } catch (const Error&) {
    // A row is an error.
  }
  return 0;
}

}  // namespace millrace
