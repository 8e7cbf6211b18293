#include <gmock/gmock.h>

#include "millrace/column_builder.hpp"

#include "tests/unit/expression/evaluate.hpp"

namespace millrace::test {
namespace {

using testing::ElementsAre;

/// Two columns of windows: equal, later, with a null inside, and null.
class Structures : public testing::Test {
 protected:
  using Bounds = std::optional<std::pair<std::optional<int64_t>, std::optional<int64_t>>>;

  static Batch rows(const std::vector<Bounds>& left, const std::vector<Bounds>& right) {
    const Type window{TypeId::structure,
                      {{"start", TypeId::timestamp}, {"end", TypeId::timestamp}}};
    const auto column = [&](const std::vector<Bounds>& values) {
      ColumnBuilder builder(window);
      const auto add = [](const std::optional<int64_t>& value, ColumnBuilder& to) {
        value ? to.append(*value) : to.append_null();
      };
      for (const auto& value : values) {
        if (!value) {
          builder.append_null();
          continue;
        }
        add(value->first, builder.child(0));
        add(value->second, builder.child(1));
        builder.end_nested();
      }
      return builder.finish();
    };
    const auto schema =
        std::make_shared<const Schema>(Schema{{{"window", window}, {"w2", window}}});
    return {schema, {column(left), column(right)}, static_cast<int64_t>(left.size())};
  }

  Batch batch_ = rows({{{0, 10}}, {{0, 10}}, {{5, 10}}, {{0, std::nullopt}}, std::nullopt},
                      {{{0, 10}}, {{0, 20}}, {{0, 20}}, {{0, std::nullopt}}, {{0, 10}}});
};

TEST_F(Structures, CompareByTheirFirstFieldThatDiffers) {
  EXPECT_THAT(evaluate("\"window\" = w2", batch_).values,
              ElementsAre("true", "false", "false", "true", "null"));
  EXPECT_THAT(evaluate("\"window\" <> w2", batch_).values,
              ElementsAre("false", "true", "true", "false", "null"));
  EXPECT_THAT(evaluate("\"window\" < w2", batch_).values,
              ElementsAre("false", "true", "false", "false", "null"));
  EXPECT_THAT(evaluate("\"window\" >= w2", batch_).values,
              ElementsAre("true", "false", "true", "true", "null"));
}

TEST_F(Structures, AreNullSafelyEqualAndKnowWhetherTheyAreNull) {
  EXPECT_THAT(evaluate("\"window\" <=> w2", batch_).values,
              ElementsAre("true", "false", "false", "true", "false"));
  EXPECT_THAT(evaluate("\"window\" IS NULL", batch_).values,
              ElementsAre("false", "false", "false", "false", "true"));
  EXPECT_THAT(evaluate("\"window\" <=> NULL", batch_).values,
              ElementsAre("false", "false", "false", "false", "true"));
}

TEST_F(Structures, GiveTheirFieldsByName) {
  const auto ends = evaluate("\"window\".end", batch_);
  EXPECT_EQ(ends.type, "timestamp");
  EXPECT_THAT(evaluate("\"window\".end IS NULL", batch_).values,
              ElementsAre("false", "false", "false", "true", "true"));
  EXPECT_THAT(evaluate("w2.start = \"window\".start", batch_).values,
              ElementsAre("true", "true", "false", "true", "null"));
}

TEST_F(Structures, AreChosenByCaseAndCoalesce) {
  EXPECT_THAT(evaluate("(coalesce(\"window\", w2)).start IS NULL", batch_).values,
              ElementsAre("false", "false", "false", "false", "false"));
  EXPECT_THAT(evaluate("CASE WHEN \"window\" = w2 THEN w2 END IS NULL", batch_).values,
              ElementsAre("false", "true", "true", "false", "true"));
}

TEST_F(Structures, OfOneTypeOnlyCanBeCompared) {
  EXPECT_THROW(evaluate("\"window\" = 1", batch_), ExpressionError);
}

}  // namespace
}  // namespace millrace::test
