#include "millrace/decimal.hpp"

#include <random>

#include <gtest/gtest.h>

#include "millrace/arrow.hpp"
#include "millrace/gather.hpp"
#include "millrace/json.hpp"
#include "millrace/key_codec.hpp"
#include "millrace/xxhash64.hpp"

namespace millrace {
namespace {

// "1.50", "none" for what is no number, "beyond" for what does not fit.
std::string parsed(std::string_view text, int precision, int scale) {
  const auto result = parse_decimal(text, precision, scale);
  if (!result.is_number) return "none";
  return result.value ? decimal_text(*result.value, scale) : "beyond";
}

Column decimals(const Type& type, const std::vector<std::string>& values) {
  ColumnBuilder builder(type);
  for (const auto& value : values) {
    if (value.empty())
      builder.append_null();
    else
      builder.append(*parse_decimal(value, type.precision, type.scale).value);
  }
  return builder.finish();
}

TEST(Decimal, ReadsWhatNumbersLookLike) {
  EXPECT_EQ(parsed("1.5", 5, 2), "1.50");
  EXPECT_EQ(parsed("-0.005", 5, 2), "-0.01");
  EXPECT_EQ(parsed("0.00499999", 5, 2), "0.00");
  EXPECT_EQ(parsed("+7.", 5, 0), "7");
  EXPECT_EQ(parsed(".5e1", 5, 2), "5.00");
  EXPECT_EQ(parsed("12E-3", 5, 3), "0.012");
  EXPECT_EQ(parsed("1e-999999999", 5, 2), "0.00");
  EXPECT_EQ(parsed("0e999999999", 5, 2), "0.00");
  for (const char* text :
       {"", "-", ".", "e1", "1e", "1e+", "1.2.3", "1 ", " 1", "NaN", "0x1", "1,5"})
    EXPECT_EQ(parsed(text, 5, 2), "none") << text;
}

TEST(Decimal, KnowsWhatDoesNotFit) {
  EXPECT_EQ(parsed("999.99", 5, 2), "999.99");
  EXPECT_EQ(parsed("999.995", 5, 2), "beyond");
  EXPECT_EQ(parsed("-1000", 5, 2), "beyond");
  EXPECT_EQ(parsed("1e999999999", 38, 0), "beyond");
  EXPECT_EQ(parsed(std::string(38, '9'), 38, 0), std::string(38, '9'));
  EXPECT_EQ(parsed(std::string(38, '9') + ".5", 38, 0), "beyond");
  EXPECT_EQ(parsed("1" + std::string(38, '0'), 38, 0), "beyond");
  EXPECT_EQ(parsed("0." + std::string(37, '0') + "15", 38, 38), "0." + std::string(37, '0') + "2");
  // Digits beyond the 38th: only the first of those that go counts.
  EXPECT_EQ(parsed("1." + std::string(50, '4'), 38, 37), "1." + std::string(37, '4'));
  EXPECT_EQ(parsed("0." + std::string(37, '3') + "49", 38, 37), "0." + std::string(37, '3'));
}

TEST(Decimal, TextReadsBackTheSame) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const int precision = static_cast<int>(random() % 38) + 1;
    const int scale = static_cast<int>(random() % static_cast<unsigned>(precision + 1));
    auto value = static_cast<Int128>(static_cast<UInt128>(random()) << 64 | random());
    value %= power_of_ten(precision);
    const auto text = decimal_text(value, scale);
    const auto back = parse_decimal(text, precision, scale);
    ASSERT_TRUE(back.value && *back.value == value) << text;
    ASSERT_EQ(decimal_to_double(value, scale), std::strtod(text.c_str(), nullptr)) << text;
  }
}

TEST(Decimal, ChangesItsScaleRoundingHalfUp) {
  EXPECT_TRUE(rescaled(125, 2, 1, 5) == 13);
  EXPECT_TRUE(rescaled(-125, 2, 1, 5) == -13);
  EXPECT_TRUE(rescaled(124, 2, 1, 5) == 12);
  EXPECT_TRUE(rescaled(1, 0, 38, 38) == std::nullopt);
  EXPECT_TRUE(rescaled(0, 0, 38, 38) == 0);
  EXPECT_TRUE(rescaled(995, 1, 0, 2) == std::nullopt);
}

TEST(Decimal, DividesWhatNeedsMoreThan128Bits) {
  const Int128 large = power_of_ten(38) - 1;
  EXPECT_TRUE(shifted_quotient(large, 38, large, 38) == std::nullopt);
  EXPECT_TRUE(shifted_quotient(large, 37, large, 38) == power_of_ten(37));
  EXPECT_TRUE(shifted_quotient(-large, 20, power_of_ten(20), 38) == -large);
  EXPECT_TRUE(shifted_quotient(large, 76, 1, 38) == std::nullopt);
  EXPECT_TRUE(shifted_quotient(2, 76, power_of_ten(38), 38) == std::nullopt);
  EXPECT_TRUE(shifted_quotient(1, 38, 3, 38) == power_of_ten(38) / 3);
  EXPECT_TRUE(shifted_quotient(2, 38, 3, 38) == power_of_ten(38) / 3 * 2 + 1);
}

TEST(Decimal, CrossesTheBoundaryWithItsType) {
  const Schema schema{{{"price", decimal_of(10, 2)}, {"prices", list_of(decimal_of(38, 38))}}};
  const arrow::OwnedSchema exported(schema);
  EXPECT_STREQ(exported.get()->children[0]->format, "d:10,2");
  EXPECT_EQ(arrow::import_schema(*exported.get()), schema);
  EXPECT_EQ(to_string(schema[1].type), "array<decimal(38,38)>");
}

TEST(Decimal, FormatsOfOtherWidthsAreRefused) {
  const auto format_is_known = [](const char* format) {
    const arrow::OwnedSchema exported(Field{"x", TypeId::int64});
    ArrowSchema changed = *exported.get();
    changed.format = format;
    try {
      return to_string(arrow::import_field(changed).type);
    } catch (const Error&) {
      return std::string("refused");
    }
  };
  EXPECT_EQ(format_is_known("d:10,2,128"), "decimal(10,2)");
  for (const char* format :
       {"d:", "d:10", "d:10,", "d:10,2,256", "d:39,2", "d:0,0", "d:2,3", "d:10,-2", "d:10,2x"})
    EXPECT_EQ(format_is_known(format), "refused") << format;
}

// Arrow promises 8 bytes only.
TEST(Decimal, ColumnsThatAreNotAlignedAreCopied) {
  const Type type = decimal_of(38, 2);
  const Column column = decimals(type, {"1.50", "-2.25", "3.75"});
  alignas(16) char memory[8 + 3 * sizeof(Int128)];
  std::memcpy(memory + 8, column.values, 3 * sizeof(Int128));
  const void* buffers[2] = {nullptr, memory + 8};
  const ArrowArray array{3, 0, 0, 2, 0, buffers, nullptr, nullptr, nullptr, nullptr};
  const Column viewed = arrow::view_column(type, array, nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(viewed.values) % alignof(Int128), 0U);
  EXPECT_EQ(decimal_text(viewed.decimal(1), 2), "-2.25");
}

TEST(Decimal, IsGatheredAndWrittenWithItsDigits) {
  const Column column = decimals(decimal_of(5, 2), {"1.50", "", "-0.01"});
  const std::vector<uint32_t> rows{2, 1, 0};
  const Column turned = gather(column, rows);
  std::string text;
  for (int64_t row = 0; row < 3; ++row) {
    json::append_value(turned, row, text);
    text += ' ';
  }
  EXPECT_EQ(text, "-0.01 null 1.50 ");
}

TEST(Decimal, KeysAreFoundAgain) {
  const Column column = decimals(decimal_of(38, 2), {"1.50", "", "-0.01", "1.50"});
  const Column others = decimals(decimal_of(4, 1), {"1.5", "2.5", "", "1.5"});
  for (const auto& columns : {std::vector<Column>{column}, std::vector<Column>{column, others}}) {
    std::vector<Type> types;
    for (const auto& each : columns) types.push_back(each.type);
    const KeyCodec codec(types);
    EncodedKeys keys;
    codec.encode(columns, 4, keys);
    EXPECT_EQ(keys.hashes[0], keys.hashes[3]);
    EXPECT_NE(keys.hashes[0], keys.hashes[2]);
    std::vector<ColumnBuilder> builders(types.begin(), types.end());
    for (size_t row = 0; row < 4; ++row) {
      const auto& view = keys.views[row];
      std::string stored(1, static_cast<char>(view.present));
      stored.append(view.data, view.size);
      EXPECT_EQ(codec.hash_of(KeyCodec::view_of(stored)), keys.hashes[row]);
      codec.decode(stored, builders);
    }
    const Column back = builders[0].finish();
    EXPECT_TRUE(back.is_null(1));
    EXPECT_EQ(decimal_text(back.decimal(2), 2), "-0.01");
  }
}

// BigInteger.toByteArray of Java.
TEST(Decimal, BytesForHashesAreJavas) {
  char bytes[sizeof(Int128)];
  EXPECT_EQ(xxhash64::shortest_bytes(0, bytes), std::string_view("\0", 1));
  EXPECT_EQ(xxhash64::shortest_bytes(127, bytes), "\x7f");
  EXPECT_EQ(xxhash64::shortest_bytes(128, bytes), std::string_view("\0\x80", 2));
  EXPECT_EQ(xxhash64::shortest_bytes(-128, bytes), "\x80");
  EXPECT_EQ(xxhash64::shortest_bytes(-129, bytes), "\xff\x7f");
  EXPECT_EQ(xxhash64::shortest_bytes(256, bytes), std::string_view("\1\0", 2));
}

}  // namespace
}  // namespace millrace
