#include "core/observe/families.hpp"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "millrace/error.hpp"

namespace millrace::observe {
namespace {

TEST(Families, NamesAreUniqueAndFollowTheConvention) {
  std::set<std::string_view> names;
  for (const Family& row : families()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(row.name.starts_with("millrace_")) << row.name;
    EXPECT_EQ(row.name.ends_with("_total"), row.type == FamilyType::counter) << row.name;
    EXPECT_EQ(row.upper_bounds.empty(), row.type != FamilyType::histogram) << row.name;
    EXPECT_TRUE(row.help.ends_with(".")) << row.name;
  }
}

TEST(Families, UnknownNameIsAnInternalErrorThatNamesIt) {
  try {
    family("millrace_nothing");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame, Blame::internal);
    EXPECT_THAT(error.what(), testing::HasSubstr("`millrace_nothing`"));
  }
}

}  // namespace
}  // namespace millrace::observe
