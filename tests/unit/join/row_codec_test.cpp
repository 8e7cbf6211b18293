#include "plugins/join/row_codec.hpp"

#include <gtest/gtest.h>

#include "millrace/json.hpp"

namespace millrace::join {
namespace {

Column texts(const std::vector<const char*>& values) {
  ColumnBuilder builder(TypeId::string);
  for (const auto* value : values) {
    if (value == nullptr)
      builder.append_null();
    else
      builder.append_bytes(value);
  }
  return builder.finish();
}

// A row of each column, as text.
std::string shown(const Batch& batch, int64_t row) { return Row(batch, row).to_json(); }

Batch sample() {
  auto schema = std::make_shared<const Schema>(
      Schema{{{"flag", TypeId::boolean},
              {"small", TypeId::int32},
              {"text", TypeId::string},
              {"big", TypeId::int64},
              {"real", TypeId::float64},
              {"list", list_of(TypeId::string)},
              {"window",
               Type(TypeId::structure, {{"start", TypeId::timestamp}, {"name", TypeId::string}})},
              {"price", decimal_of(25, 2)},
              {"prices", list_of(decimal_of(5, 1))}}});
  std::vector<ColumnBuilder> columns;
  for (const auto& field : schema->fields) columns.emplace_back(field.type);
  for (int row = 0; row < 20; ++row) {
    const bool odd = row % 2 == 1;
    if (row == 3) {
      for (auto& column : columns) column.append_null();
      continue;
    }
    columns[0].append_boolean(odd);
    columns[1].append(int32_t{row});
    if (row % 5 == 0)
      columns[2].append_null();
    else
      columns[2].append_bytes(std::string(static_cast<size_t>(row), 'x'));
    columns[3].append(int64_t{row} << 40);
    columns[4].append(row * 0.5);
    for (int i = 0; i < row % 4; ++i) {
      if (i == 1)
        columns[5].child().append_null();
      else
        columns[5].child().append_bytes("item");
    }
    columns[5].end_nested();
    columns[6].child(0).append(int64_t{row});
    if (odd)
      columns[6].child(1).append_null();
    else
      columns[6].child(1).append_bytes("n");
    columns[6].end_nested();
    columns[7].append(Int128{row - 7} << 60);
    columns[8].child().append(Int128{row});
    columns[8].end_nested();
  }
  std::vector<Column> made;
  for (auto& column : columns) made.push_back(column.finish());
  return {schema, std::move(made), 20};
}

TEST(RowCodec, GivesBackEveryValueOfEveryType) {
  const Batch batch = sample();
  const RowCodec codec(batch.schema());
  const Column encoded = codec.encode(batch);
  std::vector<const char*> rows;
  for (int64_t row = 0; row < batch.size(); ++row) rows.push_back(encoded.text(row).data());
  std::vector<Column> columns;
  for (size_t i = 0; i < batch.column_count(); ++i) {
    ColumnBuilder builder(batch.schema()[i].type);
    codec.decode(i, rows, builder);
    columns.push_back(builder.finish());
  }
  const Batch decoded(batch.shared_schema(), std::move(columns), batch.size());
  for (int64_t row = 0; row < batch.size(); ++row)
    EXPECT_EQ(shown(decoded, row), shown(batch, row));
}

TEST(RowCodec, GivesNullsWhereThereIsNoRow) {
  const Schema schema{{{"text", TypeId::string}}};
  const Batch batch(std::make_shared<const Schema>(schema), {texts({"a", nullptr})}, 2);
  const RowCodec codec(schema);
  const Column encoded = codec.encode(batch);
  ColumnBuilder builder(TypeId::string);
  codec.decode(0, std::vector<const char*>{nullptr, encoded.text(0).data(), encoded.text(1).data()},
               builder);
  const Column column = builder.finish();
  EXPECT_TRUE(column.is_null(0));
  EXPECT_EQ(column.text(1), "a");
  EXPECT_TRUE(column.is_null(2));
}

}  // namespace
}  // namespace millrace::join
