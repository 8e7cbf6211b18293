// A file of format 1.0 as it was first written. It must stay readable, and be written the same way,
// for as long as the major version is 1: never change the bytes here.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/checkpoint/container.hpp"
#include "core/system/memory_file_system.hpp"

namespace millrace {
namespace {

constexpr std::string_view first_format =
    "4d4c52430100000002000000000000000700000000000000010203000000000000000000000000000405060000"
    "000000000000000000000000000000312bea330b000000017b2265706f6368223a377dd1f460410000000002a9"
    "142d0b0000000000efa7ce3303000000000000000b00000000000000e47d35926d6f162a4078a75ab48c07da00"
    "0000000000000043524c4df1732422";

const ContainerHeader header{ContainerKind::plan, 7, {1, 2, 3}, {4, 5, 6}};

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

TEST(ContainerFormat, StillReadsItsFirstVersion) {
  MemoryFileSystem files;
  files.create("/file");
  files.replace_content("/file", bytes_of(first_format));
  const ContainerReader reader(files, "/file", ContainerKind::plan);
  EXPECT_EQ(reader.header().epoch, header.epoch);
  EXPECT_EQ(reader.header().job, header.job);
  EXPECT_EQ(reader.header().run, header.run);
  std::vector<std::pair<int, std::string>> records;
  reader.read({}, [&](RecordPlace, std::uint8_t type, std::string_view record) {
    records.emplace_back(type, record);
    return true;
  });
  EXPECT_EQ(records, (std::vector<std::pair<int, std::string>>{{1, R"({"epoch":7})"}, {2, ""}}));
}

TEST(ContainerFormat, IsStillWrittenAsInItsFirstVersion) {
  MemoryFileSystem files;
  const auto file = files.create("/file");
  ContainerWriter writer(*file, header);
  writer.append(1, R"({"epoch":7})");
  writer.append(2, "");
  writer.finish();
  EXPECT_EQ(files.read("/file"), bytes_of(first_format));
}

}  // namespace
}  // namespace millrace
