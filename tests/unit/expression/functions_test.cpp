#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "core/expression/coercion.hpp"
#include "core/expression/function.hpp"
#include "core/expression/function_reference.hpp"
#include "core/expression/parse.hpp"
#include "core/expression/value_text.hpp"
#include "tests/unit/expression/evaluate.hpp"

namespace millrace::test {
namespace {

TEST(Functions, ExamplesGiveWhatTheirDocumentationSays) {
  for (const auto& function : all_functions()) {
    EXPECT_FALSE(function.examples.empty()) << function.names[0];
    EXPECT_FALSE(function.help.empty()) << function.names[0];
    EXPECT_FALSE(function.usage.empty()) << function.names[0];
    for (const auto& example : function.examples) {
      SCOPED_TRACE(example.expression);
      EXPECT_NO_THROW(EXPECT_EQ(evaluate(example.expression), example.result));
    }
  }
}

// `millrace functions > docs/functions.md` brings the page up to date.
TEST(Functions, ThePageOfTheDocumentationIsTheTable) {
  std::ifstream file(std::string(MILLRACE_TEST_FOLDER) + "/../../../docs/functions.md");
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), function_reference());
}

TEST(Functions, NamesAreUnique) {
  std::set<std::string> names;
  for (const auto& function : all_functions())
    for (const auto& name : function.names) EXPECT_TRUE(names.insert(name).second) << name;
}

/// An expression whose literals can be replaced by columns that hold the same values.
class Generalised {
 public:
  explicit Generalised(const Ast& ast) : ast_(ast) { count(ast.root()); }

  size_t literal_count() const { return literals_.size(); }

  /// The expression with the literals named by bits of `which` turned into columns.
  Ast with_columns(uint64_t which) {
    next_ = 0;
    which_ = which;
    schema_.fields.clear();
    values_.clear();
    return {replaced(ast_.pointer()), ast_.shared_source()};
  }
  const Schema& schema() const { return schema_; }

  /// Rows of those values; every third row is null.
  Batch batch(int64_t rows) const {
    std::vector<Column> columns;
    for (const auto& value : values_) {
      ColumnBuilder builder(value.type);
      for (int64_t row = 0; row < rows; ++row) {
        if (row % 3 == 2)
          builder.append_null();
        else
          builder.append_from(value, 0);
      }
      columns.push_back(builder.finish());
    }
    return {std::make_shared<const Schema>(schema_), std::move(columns), rows};
  }

 private:
  static bool can_be_column(const AstNode& node) {
    return node.kind == AstNode::Kind::literal && node.type.id != TypeId::null &&
           node.type.id != TypeId::duration;
  }
  void count(const AstNode& node) {
    if (can_be_column(node)) literals_.push_back(&node);
    for (const auto& argument : node.arguments) count(*argument);
  }
  AstPointer replaced(const AstPointer& node) {
    auto copy = std::make_shared<AstNode>(*node);
    if (can_be_column(*node) && (which_ >> next_++ & 1) != 0) {
      const auto value = bind(Ast(node, ast_.shared_source()), {}, {})->evaluate(empty_batch(1));
      copy->kind = AstNode::Kind::column;
      copy->path = {"column" + std::to_string(next_)};
      schema_.fields.push_back({copy->path[0], value.type});
      values_.push_back(value);
      return copy;
    }
    for (auto& argument : copy->arguments) argument = replaced(argument);
    return copy;
  }

  Ast ast_;
  std::vector<const AstNode*> literals_;
  size_t next_ = 0;
  uint64_t which_ = 0;
  Schema schema_;
  std::vector<Column> values_;
};

// Kernels have separate paths for constants and columns: all mixtures must agree. 150 rows span
// three words of a bitmap, the last one not full.
TEST(Functions, ColumnsAndConstantsAgree) {
  constexpr int64_t rows = 150;
  int compared = 0;
  for (const auto& function : all_functions()) {
    for (const auto& example : function.examples) {
      Generalised general(parse(example.expression));
      ASSERT_LT(general.literal_count(), 10U);
      for (uint64_t which = 1; which < uint64_t{1} << general.literal_count(); ++which) {
        SCOPED_TRACE(example.expression + " with columns " + std::to_string(which));
        const Ast ast = general.with_columns(which);
        std::shared_ptr<const Program> program;
        try {
          program = bind(ast, general.schema(), {});
        } catch (const ExpressionError&) {
          continue;  // Some arguments must be literals.
        }
        const Column column = program->evaluate(general.batch(rows));
        ASSERT_EQ(column.length, rows);
        for (int64_t row = 0; row < rows; ++row) {
          if (row % 3 == 2) continue;
          ASSERT_EQ(value_text(column, row), example.result) << "row " << row;
        }
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 300);
}

TEST(Functions, NullsGiveNullsUnlessTheFunctionSaysOtherwise) {
  const std::set<std::string> others{"<=>",     "and",      "or",     "isnull",    "isnotnull",
                                     "is true", "is false", "case",   "if",        "coalesce",
                                     "nvl",     "nvl2",     "nullif", "in",        "greatest",
                                     "least",   "isnan",    "nanvl",  "concat_ws", "typeof"};
  for (const auto& function : all_functions()) {
    if (others.count(function.names[0]) != 0) continue;
    for (const auto& overload : function.overloads) {
      if (overload.parameters.empty()) continue;
      std::string call = function.names[0] + "(";
      if (!std::isalpha(static_cast<unsigned char>(call[0]))) continue;
      for (size_t i = 0; i < overload.parameters.size(); ++i) call += i == 0 ? "NULL" : ", NULL";
      EXPECT_EQ(evaluate(call + ")"), "null") << call;
    }
  }
}

TEST(Functions, ConvertsBetweenEveryPairThatImplicitConversionsUse) {
  const std::vector<Type> types{TypeId::boolean, TypeId::int32,     TypeId::int64,
                                TypeId::float32, TypeId::float64,   TypeId::string,
                                TypeId::date,    TypeId::timestamp, decimal_of(10, 2)};
  const auto session = std::make_shared<const Session>(Session{true, TimeZone::utc()});
  for (const auto& from : types) {
    for (const auto& to : types) {
      if (!conversion_cost(from, to)) continue;
      EXPECT_NE(make_cast(std::make_shared<ColumnNode>(0, from), to, CastMode::strict, session),
                nullptr)
          << to_string(from) << " to " << to_string(to);
    }
  }
}

}  // namespace
}  // namespace millrace::test
