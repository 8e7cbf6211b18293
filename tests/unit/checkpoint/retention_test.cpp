#include "core/checkpoint/retention.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

EpochFileName file(std::uint64_t epoch, EpochFileKind kind, const std::string& run = "aaaaaaaa") {
  return {epoch, run, kind};
}

StateFile state(std::uint64_t epoch, StateFileKind kind) {
  const auto name =
      file(epoch, kind == StateFileKind::snapshot ? EpochFileKind::snapshot : EpochFileKind::delta);
  return {to_text(name), kind, epoch, 0, 0, ""};
}

TEST(Retention, KeepsThePlansAndCommitsOfTheNewestEpochs) {
  Retention retention(2);
  for (std::uint64_t epoch = 0; epoch < 4; ++epoch) retention.committed(epoch, {});
  EXPECT_THAT(retention.removable({file(1, EpochFileKind::plan), file(1, EpochFileKind::commit),
                                   file(2, EpochFileKind::plan), file(2, EpochFileKind::commit),
                                   file(3, EpochFileKind::plan), file(3, EpochFileKind::commit),
                                   file(4, EpochFileKind::plan)}),
              ElementsAre(file(1, EpochFileKind::plan), file(1, EpochFileKind::commit)));
}

TEST(Retention, KeepsOldStateThatARetainedEpochStandsOn) {
  Retention retention(2);
  const StateFile base = state(0, StateFileKind::snapshot);
  const StateFile first = state(1, StateFileKind::delta);
  const StateFile second = state(2, StateFileKind::delta);
  const StateFile next_base = state(3, StateFileKind::snapshot);
  retention.committed(0, {base});
  retention.committed(1, {base, first});
  retention.committed(2, {base, first, second});
  retention.committed(3, {next_base});
  const std::vector<EpochFileName> all{file(0, EpochFileKind::snapshot),
                                       file(1, EpochFileKind::delta), file(2, EpochFileKind::delta),
                                       file(3, EpochFileKind::snapshot)};
  EXPECT_THAT(retention.removable(all), IsEmpty());
  retention.committed(4, {next_base});
  EXPECT_THAT(retention.removable(all), ElementsAre(all[0], all[1], all[2]));
}

TEST(Retention, NeedsNoFileForChangesInTheRecord) {
  Retention retention(1);
  StateFile in_record = state(2, StateFileKind::delta);
  in_record.name.clear();
  in_record.content = "changes";
  const StateFile base = state(0, StateFileKind::snapshot);
  retention.committed(2, {base, in_record});
  EXPECT_THAT(retention.removable({file(0, EpochFileKind::snapshot), file(1, EpochFileKind::delta),
                                   file(2, EpochFileKind::commit)}),
              ElementsAre(file(1, EpochFileKind::delta)));
}

TEST(Retention, RemovesStateThatNoCommitNames) {
  Retention retention(10);
  retention.committed(0, {state(0, StateFileKind::snapshot)});
  const EpochFileName orphan = file(1, EpochFileKind::delta, "bbbbbbbb");
  EXPECT_THAT(retention.removable({file(0, EpochFileKind::snapshot), orphan}), ElementsAre(orphan));
}

TEST(Retention, KeepsTheNewestEpochAtLeast) {
  Retention retention(0);
  retention.committed(5, {});
  EXPECT_THAT(retention.removable({file(4, EpochFileKind::commit), file(5, EpochFileKind::commit)}),
              ElementsAre(file(4, EpochFileKind::commit)));
}

TEST(Retention, CanKeepEverything) {
  Retention retention(UINT64_MAX);
  retention.committed(5, {});
  EXPECT_THAT(retention.removable({file(0, EpochFileKind::commit)}), IsEmpty());
}

}  // namespace
}  // namespace millrace
