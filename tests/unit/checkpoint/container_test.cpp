#include "core/checkpoint/container.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/checkpoint/checkpoint_error.hpp"
#include "core/system/memory_file_system.hpp"

namespace millrace {
namespace {

using testing::HasSubstr;

using Records = std::vector<std::pair<int, std::string>>;

class ContainerTest : public testing::Test {
 protected:
  ContainerSummary write(const Records& records) {
    if (files_.exists("/file")) files_.remove("/file");
    const auto file = files_.create("/file");
    ContainerWriter writer(*file, header_);
    for (const auto& [type, record] : records) {
      writer.append(static_cast<std::uint8_t>(type), record);
    }
    return writer.finish();
  }

  Records read() {
    Records records;
    const ContainerReader reader(files_, "/file", ContainerKind::plan);
    reader.read({}, [&](RecordPlace, std::uint8_t type, std::string_view record) {
      records.emplace_back(type, record);
      return true;
    });
    return records;
  }

  // The fault that reading ends with, or none.
  std::optional<CheckpointFault> fault() {
    try {
      read();
      return std::nullopt;
    } catch (const CheckpointError& error) {
      EXPECT_THAT(error.what(), HasSubstr("/file"));
      return error.fault;
    }
  }

  std::string bytes() const { return files_.read("/file"); }
  void replace(std::string bytes) { files_.replace_content("/file", std::move(bytes)); }

  MemoryFileSystem files_;
  const ContainerHeader header_{ContainerKind::plan, 7, {1, 2, 3}, {4, 5, 6}};
};

TEST_F(ContainerTest, GivesBackWhatWasAppended) {
  const Records records{{1, "one"}, {2, ""}, {127, std::string(1000, 'x')}};
  const ContainerSummary written = write(records);
  EXPECT_EQ(read(), records);
  const ContainerReader reader(files_, "/file", ContainerKind::plan);
  EXPECT_EQ(reader.header().epoch, 7u);
  EXPECT_EQ(reader.header().job, header_.job);
  EXPECT_EQ(reader.header().run, header_.run);
  EXPECT_EQ(reader.summary().hash, written.hash);
  EXPECT_EQ(reader.summary().payload, 1003u);
  EXPECT_EQ(written.size, bytes().size());
}

TEST_F(ContainerTest, HoldsNoRecordAtAll) {
  write({});
  EXPECT_EQ(read(), Records{});
}

TEST_F(ContainerTest, SplitsAndJoinsLongRecords) {
  std::string large;
  for (int i = 0; large.size() < 3 * container::payload_max + 17; ++i) large += std::to_string(i);
  const std::string exact(container::payload_max, 'e');
  const Records records{{1, "small"}, {2, large}, {3, exact}, {2, exact + "1"}, {1, "end"}};
  write(records);
  EXPECT_EQ(read(), records);
}

TEST_F(ContainerTest, ReadsFromAPlaceToAnother) {
  write({{1, "a"}, {2, std::string(container::payload_max + 1, 'b')}, {3, "c"}, {4, "d"}});
  std::vector<RecordPlace> places;
  const ContainerReader reader(files_, "/file", ContainerKind::plan,
                               [&](RecordPlace place, std::uint8_t, std::string_view) {
                                 places.push_back(place);
                                 return true;
                               });
  ASSERT_EQ(places.size(), 4u);
  std::string types;
  reader.read(
      places[1],
      [&](RecordPlace, std::uint8_t type, std::string_view) {
        types += std::to_string(type);
        return true;
      },
      places[3].offset);
  EXPECT_EQ(types, "23");
}

TEST_F(ContainerTest, RefusesEverySingleFlippedBit) {
  write({{1, "some record"}, {2, std::string(100, 'x')}, {1, ""}});
  const std::string good = bytes();
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    replace(bad);
    ASSERT_EQ(fault(), CheckpointFault::damaged) << "bit " << bit;
  }
}

TEST_F(ContainerTest, RefusesEveryTruncationAndEveryAddition) {
  write({{1, "some record"}, {2, std::string(100, 'x')}});
  const std::string good = bytes();
  for (std::size_t size = 0; size < good.size(); ++size) {
    replace(good.substr(0, size));
    ASSERT_EQ(fault(), CheckpointFault::damaged) << size << " bytes";
  }
  for (const std::string& more : {std::string(1, '\0'), std::string("x"), good}) {
    replace(good + more);
    EXPECT_EQ(fault(), CheckpointFault::damaged);
  }
}

TEST_F(ContainerTest, RefusesBlocksInAnotherOrder) {
  write({{1, "first"}, {1, "other"}});
  const std::string good = bytes();
  const std::size_t block = container::block_head_size + 5 + container::check_size;
  const std::size_t start = container::header_size;
  std::string bad = good;
  bad.replace(start, block, good.substr(start + block, block));
  bad.replace(start + block, block, good.substr(start, block));
  ASSERT_NE(bad, good);
  replace(bad);
  EXPECT_EQ(fault(), CheckpointFault::damaged);
}

TEST_F(ContainerTest, RefusesAZeroedSector) {
  write({{1, std::string(5000, 'x')}});
  const std::string good = bytes();
  for (std::size_t sector = 0; sector + 512 <= good.size(); sector += 512) {
    std::string bad = good;
    bad.replace(sector, 512, std::string(512, '\0'));
    replace(bad);
    ASSERT_EQ(fault(), CheckpointFault::damaged) << "sector at " << sector;
  }
}

TEST_F(ContainerTest, RefusesAFileOfAnotherKind) {
  write({{1, "x"}});
  EXPECT_THROW(ContainerReader(files_, "/file", ContainerKind::commit), CheckpointError);
}

TEST_F(ContainerTest, RefusesAnotherMajorVersionAndReadsAnyMinor) {
  write({{1, "x"}});
  std::string other = bytes();
  const auto write_version = [&](std::size_t offset, std::uint16_t version) {
    container::put(&other[offset], version);
    container::put(&other[60], container::check_of(std::string_view(other).substr(0, 60)));
  };
  write_version(4, container::major_version + 1);
  replace(other);
  EXPECT_EQ(fault(), CheckpointFault::incompatible);

  // The minor version is part of the digest, so the footer is made again too.
  write_version(4, container::major_version);
  write_version(6, container::minor_version + 1);
  const std::size_t footer = other.size() - container::footer_size;
  container::Digest digest;
  digest.add(std::string_view(other).substr(0, footer));
  const auto hash = digest.value();
  other.replace(footer + 16, hash.size(), hash.data(), hash.size());
  container::put(&other[footer + 44],
                 container::check_of(std::string_view(other).substr(footer, 44)));
  replace(other);
  EXPECT_EQ(fault(), std::nullopt);
}

TEST_F(ContainerTest, DoesNotTrustALengthBeyondTheFile) {
  write({{1, "x"}});
  std::string bad = bytes();
  container::put(&bad[container::header_size], std::uint32_t{0xffffffff});
  replace(bad);
  EXPECT_EQ(fault(), CheckpointFault::damaged);
  container::put(&bad[container::header_size], static_cast<std::uint32_t>(container::payload_max));
  replace(bad);
  EXPECT_EQ(fault(), CheckpointFault::damaged);
}

}  // namespace
}  // namespace millrace
