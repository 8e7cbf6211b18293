#include "millrace/column_builder.hpp"

#include <optional>
#include <string>

#include <gmock/gmock.h>

#include "millrace/gather.hpp"

namespace millrace {
namespace {

using Numbers = std::vector<std::optional<int64_t>>;
using Texts = std::vector<std::optional<std::string>>;

Numbers numbers_of(const Column& column) {
  Numbers numbers;
  for (int64_t row = 0; row < column.length; ++row)
    numbers.push_back(column.is_null(row) ? std::nullopt : std::optional(column.int64(row)));
  return numbers;
}

Texts texts_of(const Column& column) {
  Texts texts;
  for (int64_t row = 0; row < column.length; ++row)
    texts.push_back(column.is_null(row) ? std::nullopt
                                        : std::optional(std::string(column.text(row))));
  return texts;
}

const std::vector<std::string> lengths{"", "abc", "12345678", std::string(16, 'x'),
                                       std::string(70, 'y')};

TEST(ColumnBuilder, ManyValuesFollowThoseThatAreThere) {
  ColumnBuilder builder(TypeId::int64);
  const auto append_two = [&](int64_t from) {
    builder.append_values<int64_t>(2, [&](size_t i) { return from + static_cast<int64_t>(i); });
  };
  append_two(1);
  builder.append(int64_t{3});
  builder.append_null();
  append_two(5);
  builder.append_values<int64_t>(0, [](size_t) { return 0; });
  EXPECT_EQ(numbers_of(builder.finish()), (Numbers{1, 2, 3, std::nullopt, 5, 6}));
  append_two(7);
  EXPECT_EQ(numbers_of(builder.finish()), (Numbers{7, 8}));
}

TEST(ColumnBuilder, ManyTextsFollowThoseThatAreThere) {
  ColumnBuilder builder(TypeId::string);
  const auto append_all = [&] {
    builder.append_texts(lengths.size(), [](size_t i) { return std::string_view(lengths[i]); });
  };
  builder.append_bytes("first");
  append_all();
  builder.append_null();
  append_all();
  builder.append_texts(0, [](size_t) { return std::string_view(); });
  Texts expected{"first"};
  expected.insert(expected.end(), lengths.begin(), lengths.end());
  expected.emplace_back();
  expected.insert(expected.end(), lengths.begin(), lengths.end());
  EXPECT_EQ(texts_of(builder.finish()), expected);
}

TEST(Gather, TakesRowsInTheirOrderWithTheirNulls) {
  ColumnBuilder numbers(TypeId::int64);
  ColumnBuilder texts(TypeId::binary);
  for (size_t i = 0; i < lengths.size(); ++i) {
    numbers.append(static_cast<int64_t>(i));
    texts.append_bytes(lengths[i]);
  }
  const Column plain = texts.finish();
  numbers.append_null();
  const Column with_null = numbers.finish();
  const std::vector<uint32_t> rows{4, 0, 4, 2};
  EXPECT_EQ(texts_of(gather(plain, rows)), (Texts{lengths[4], lengths[0], lengths[4], lengths[2]}));
  EXPECT_EQ(numbers_of(gather(with_null, std::vector<uint32_t>{5, 3, 5})),
            (Numbers{std::nullopt, 3, std::nullopt}));
  EXPECT_EQ(gather(plain, {}).length, 0);
}

}  // namespace
}  // namespace millrace
