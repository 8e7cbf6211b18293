#include "plugins/kafka/direct/unpack.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/stride.hpp"
#include "tests/unit/kafka/packing.hpp"

namespace millrace::kafka {
namespace {

using millrace::testing::pack_gzip;
using millrace::testing::pack_lz4;
using millrace::testing::pack_snappy;
using millrace::testing::pack_snappy_in_blocks;
using millrace::testing::pack_zstd;
using millrace::testing::put_number;

constexpr size_t enough = 8 << 20;

// Text that packs somewhat.
std::string text_of(size_t size) {
  std::mt19937 random(17);
  std::string text;
  while (text.size() < size) text += "page " + std::to_string(random() % 5000) + ", ";
  text.resize(size);
  return text;
}

struct Packed {
  const char* name;
  Codec codec;
  std::string bytes;
};

// The same as each kind of producer packs it.
std::vector<Packed> all_packed(const std::string& plain) {
  return {{"gzip", Codec::gzip, pack_gzip(plain)},
          {"snappy", Codec::snappy, pack_snappy(plain)},
          {"snappy in blocks", Codec::snappy, pack_snappy_in_blocks(plain, 32 << 10)},
          {"lz4", Codec::lz4, pack_lz4(plain)},
          {"zstd", Codec::zstd, pack_zstd(plain)}};
}

std::string unpacked(Codec codec, std::string_view packed, size_t bytes_max = enough) {
  std::string memory;
  return std::string(unpack(codec, packed, bytes_max, memory));
}

// Whether it is refused; else it comes to something, of at most a megabyte.
bool is_refused(Codec codec, std::string_view packed) {
  // Of its own, so that reading too far shows.
  const std::vector<char> bytes(packed.begin(), packed.end());
  constexpr size_t bytes_max = 1 << 20;
  try {
    EXPECT_LE(unpacked(codec, {bytes.data(), bytes.size()}, bytes_max).size(), bytes_max);
    return false;
  } catch (const Malformed&) {
    return true;
  }
}

TEST(PackedRecords, ComeOutAsTheyWentIn) {
  for (const size_t size : {0U, 1U, 1000U, 64U << 10U, (64U << 10U) + 1, 300'000U, 3U << 20U}) {
    const auto plain = text_of(size);
    for (const auto& packed : all_packed(plain))
      EXPECT_TRUE(unpacked(packed.codec, packed.bytes) == plain) << packed.name << ' ' << size;
  }
}

TEST(PackedRecords, AreLeftWhereTheyAreIfNotPacked) {
  const std::string plain = "plain";
  std::string memory;
  EXPECT_EQ(unpack(Codec::none, plain, enough, memory).data(), plain.data());
}

TEST(PackedRecords, ComeInSeveralBlocksOfSnappy) {
  const auto plain = text_of(200'000);
  for (const size_t block : {1'000U, 65'536U, 150'000U})
    EXPECT_TRUE(unpacked(Codec::snappy, pack_snappy_in_blocks(plain, block)) == plain) << block;
  EXPECT_EQ(unpacked(Codec::snappy, pack_snappy_in_blocks("", 1000)), "");
}

TEST(PackedRecords, TakeTheMemoryOfThoseBefore) {
  std::string memory;
  const auto large = text_of(1 << 20);
  const auto first = unpack(Codec::lz4, pack_lz4(large), enough, memory);
  const auto* place = first.data();
  EXPECT_TRUE(first == large);
  const auto second = unpack(Codec::zstd, pack_zstd("small"), enough, memory);
  EXPECT_EQ(second, "small");
  EXPECT_EQ(second.data(), place);
}

TEST(PackedRecords, DoNotKeepMuchMemory) {
  constexpr size_t much = 40 << 20;
  std::string memory;
  EXPECT_EQ(unpack(Codec::zstd, pack_zstd(std::string(much, 'x')), 2 * much, memory).size(), much);
  EXPECT_EQ(unpack(Codec::zstd, pack_zstd("small"), 2 * much, memory), "small");
  EXPECT_LT(memory.capacity(), much / 2);
}

TEST(PackedRecords, ThatAreTooManyAreMalformed) {
  const std::string plain(1 << 20, 'x');
  for (const auto& packed : all_packed(plain)) {
    EXPECT_EQ(unpacked(packed.codec, packed.bytes, plain.size() + 1).size(), plain.size());
    for (const size_t bytes_max : {size_t{1}, size_t{1000}, plain.size() / 2, plain.size() - 1})
      EXPECT_THROW(unpacked(packed.codec, packed.bytes, bytes_max), Malformed)
          << packed.name << ' ' << bytes_max;
  }
}

TEST(PackedRecords, ThatGrowAThousandfoldAreMalformed) {
  const std::string plain(64 << 20, '\0');
  for (const auto& packed :
       {Packed{"gzip", Codec::gzip, pack_gzip(plain)}, Packed{"lz4", Codec::lz4, pack_lz4(plain)},
        Packed{"zstd", Codec::zstd, pack_zstd(plain)}})
    EXPECT_TRUE(is_refused(packed.codec, packed.bytes)) << packed.name;
  std::string huge;  // Four gigabytes, as snappy has it.
  for (const unsigned byte : {0xFFU, 0xFFU, 0xFFU, 0xFFU, 0x0FU}) huge += static_cast<char>(byte);
  EXPECT_TRUE(is_refused(Codec::snappy, huge));
}

TEST(PackedRecords, ThatAreCutAreMalformed) {
  const auto plain = text_of(2'000);
  for (const auto& packed : all_packed(plain)) {
    const std::string_view bytes = packed.bytes;
    for (size_t size = 0; size < bytes.size(); ++size) {
      // Between its blocks a frame may end as well.
      if (std::string_view(packed.name) == "snappy in blocks" && size == 16) continue;
      EXPECT_TRUE(is_refused(packed.codec, bytes.substr(0, size))) << packed.name << ' ' << size;
    }
  }
}

TEST(PackedRecords, ThatAreDamagedAreMalformedOrComeToSomething) {
  const auto plain = text_of(2'000);
  for (auto packed : all_packed(plain)) {
    auto& bytes = packed.bytes;
    const size_t step = test::stride(7);
    for (size_t bit = 0; bit < 8 * bytes.size(); bit += step) {
      const auto flip = [&] {
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
      };
      flip();
      is_refused(packed.codec, bytes);
      flip();
    }
  }
  // What has a checksum of its own is found out.
  auto bytes = pack_gzip(plain);
  bytes[bytes.size() - 5] = static_cast<char>(bytes[bytes.size() - 5] ^ 1);
  EXPECT_TRUE(is_refused(Codec::gzip, bytes));
}

TEST(PackedRecords, OfAnotherCodecAreMalformed) {
  const auto all = all_packed(text_of(5'000));
  for (const auto& packed : all)
    for (const auto codec : {Codec::gzip, Codec::snappy, Codec::lz4, Codec::zstd})
      EXPECT_EQ(is_refused(codec, packed.bytes), codec != packed.codec) << packed.name;
}

TEST(PackedRecords, InBlocksOfALengthThatCannotBeAreMalformed) {
  const auto head = pack_snappy_in_blocks("", 1000);
  const auto block = pack_snappy("some text");
  for (const int32_t length : {-1, INT32_MIN, static_cast<int32_t>(block.size()) + 1, INT32_MAX}) {
    auto bytes = head;
    put_number(bytes, length);
    EXPECT_TRUE(is_refused(Codec::snappy, bytes + block)) << length;
  }
}

TEST(PackedRecords, OfAnUnknownCodecAreForOthers) {
  for (const int codec : {5, 6, 7})
    EXPECT_THROW(unpacked(static_cast<Codec>(codec), "packed"), Unsupported);
}

}  // namespace
}  // namespace millrace::kafka
