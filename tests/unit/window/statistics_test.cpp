#include <cmath>

#include <gmock/gmock.h>

#include "tests/unit/window/aggregate_job.hpp"

// Aggregates that say how values are spread, and how those of two columns go together.
namespace millrace::testing {
namespace {

using ::testing::HasSubstr;

TEST_F(Aggregates, RegressionIsTheNearestLine) {
  const Schema both{{{"y", TypeId::float64}, {"x", TypeId::int64}}};
  const std::vector<std::vector<Cells>> line{{{1.0, 1}, {3.0, 2}},
                                             {{5.0, 3}, {null, 4}, {7.0, null}}};
  const auto result = [&](const std::string& name) { return of_two(name, {"y", "x"}, both, line); };
  EXPECT_EQ(result("regr_count"), "3");
  EXPECT_EQ(result("regr_avgx"), "2");
  EXPECT_EQ(result("regr_avgy"), "3");
  EXPECT_EQ(result("regr_sxx"), "2");
  EXPECT_EQ(result("regr_syy"), "8");
  EXPECT_EQ(result("regr_sxy"), "4");
  EXPECT_EQ(result("regr_slope"), "2");
  EXPECT_EQ(result("regr_intercept"), "-1");
  EXPECT_EQ(result("regr_r2"), "1");
  EXPECT_EQ(of_two("regr_slope", {"y", "x"}, both, {{{1.0, 1}, {2.0, 1}}}), "null");
  EXPECT_EQ(of_two("regr_r2", {"y", "x"}, both, {{{1.0, 1}, {1.0, 2}}}), "1");
  EXPECT_EQ(of_two("regr_avgx", {"y", "x"}, both, {{{null, 1}}}), "null");
}

TEST_F(Aggregates, PercentilesCountDownWhereTheirOrderFalls) {
  const Schema three{{{"x", TypeId::int64}, {"p", TypeId::float64}, {"falls", TypeId::boolean}}};
  const std::vector<std::vector<Cells>> rows{{{1, 0.25, true}, {2, 0.25, true}},
                                             {{3, 0.25, true}, {4, 0.25, true}}};
  EXPECT_EQ(of_two("percentile_cont", {"x", "p", "falls"}, three, rows), "3.25");
  EXPECT_EQ(of_two("percentile_disc", {"x", "p", "falls"}, three, rows), "4");
  EXPECT_EQ(of_two("percentile_cont", {"x", "p"}, three, rows), "1.75");
  EXPECT_EQ(of_two("percentile_disc", {"x", "p"}, three, rows), "1");
}

TEST_F(Aggregates, SharesInAnArrayGiveAnArray) {
  const Schema both{{{"x", TypeId::int64}, {"p", list_of(TypeId::int64)}}};
  const std::vector<std::vector<Cells>> rows{{{1, Items{{0, 1}}}, {3, Items{{0, 1}}}},
                                             {{2, Items{{0, 1}}}}};
  EXPECT_EQ(of_two("percentile", {"x", "p"}, both, rows), "[1 3]");
  EXPECT_EQ(of_two("percentile_approx", {"x", "p"}, both, rows), "[1 3]");
  EXPECT_EQ(of_two("percentile", {"x", "p"}, both, {{{null, Items{{0, 1}}}}}), "null");
  EXPECT_THROW(of_two("percentile", {"x", "p"}, both, {{{1, Items{{2}}}}}), Error);
}

TEST_F(Aggregates, VarianceIsThatOfTheWholeWhereverItWasSplit) {
  const std::vector<std::vector<Cell>> epochs{{2.0, 4.0, 4.0, 4.0}, {5.0, 5.0, null, 7.0, 9.0}};
  EXPECT_EQ(of("var_pop", TypeId::float64, epochs), "4");
  EXPECT_EQ(of("stddev_pop", TypeId::float64, epochs), "2");
  EXPECT_EQ(of("variance", TypeId::float64, epochs), "4.571428571");
  EXPECT_EQ(of("stddev", TypeId::float64, epochs), "2.138089935");
  EXPECT_EQ(of("stddev_samp", TypeId::int64, {{3}}), "null");
  EXPECT_EQ(of("var_pop", TypeId::int64, {{3}}), "0");
  EXPECT_EQ(of("var_pop", TypeId::int64, {{null}}), "null");
  EXPECT_EQ(of("var_pop", TypeId::float64, {{1e9 + 1, 1e9 + 2}, {1e9 + 3}}), "0.6666666667");
}

TEST_F(Aggregates, CovarianceIsOverRowsThatHaveBothValues) {
  const Schema both{{{"x", TypeId::int64}, {"y", TypeId::float64}}};
  const std::vector<std::vector<Cells>> epochs{{{3, 2.0}, {3, null}, {3, 3.0}}, {{6, 4.0}}};
  EXPECT_EQ(of_two("corr", {"x", "y"}, both, epochs), "0.8660254038");
  EXPECT_EQ(of_two("covar_pop", {"x", "y"}, both, epochs), "1");
  EXPECT_EQ(of_two("covar_samp", {"x", "y"}, both, epochs), "1.5");
  EXPECT_EQ(of_two("covar_samp", {"x", "y"}, both, {{{3, 2.0}}}), "null");
  EXPECT_EQ(of_two("covar_pop", {"x", "y"}, both, {{{3, 2.0}}}), "0");
  EXPECT_EQ(of_two("corr", {"x", "y"}, both, {{{3, 2.0}}}), "null");
  EXPECT_EQ(of_two("corr", {"x", "y"}, both, {{{null, 2.0}}}), "null");
}

TEST_F(Aggregates, MomentsAreThoseOfTheWholeWhereverItWasSplit) {
  EXPECT_EQ(of("skewness", TypeId::int64, {{-10, -20, null}, {100, 1000}}), "1.113565747");
  EXPECT_EQ(of("kurtosis", TypeId::int64, {{-10, -20, null}, {100, 1000}}), "-0.7014368048");
  EXPECT_EQ(of("kurtosis", TypeId::int64, {{1, 10}, {100, 10, 1}}), "0.1943232319");
  EXPECT_EQ(of("skewness", TypeId::float64, {{2.0, 2.0}}), "null");
  EXPECT_EQ(of("skewness", TypeId::float64, {{null}}), "null");
}

TEST_F(Aggregates, PercentilesAreExact) {
  EXPECT_EQ(of("median", TypeId::int32, {{10, null}, {0}}), "5");
  EXPECT_EQ(of("median", TypeId::float64, {{3.0, std::nan(""), 1.0}}), "3");
  EXPECT_EQ(of("median", TypeId::int64, {{null}}), "null");
  const Schema both{{{"x", TypeId::int64}, {"p", TypeId::float64}}};
  const std::vector<std::vector<Cells>> epochs{{{10, 0.3}, {null, 0.3}}, {{0, 0.3}}};
  EXPECT_EQ(of_two("percentile", {"x", "p"}, both, epochs), "3");
  EXPECT_EQ(of_two("percentile_approx", {"x", "p"}, both, epochs), "0");
  EXPECT_EQ(of_two("approx_percentile", {"x", "p"}, both, {{{most, 1.0}, {1, 1.0}}}),
            std::to_string(most));
  try {
    of_two("percentile", {"x", "p"}, both, {{{1, 1.5}}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::data);
    EXPECT_THAT(error.what(), HasSubstr("must be between 0 and 1"));
  }
}

}  // namespace
}  // namespace millrace::testing
