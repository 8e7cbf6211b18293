// The one format of every file in a checkpoint. Little endian; sizes in bytes.
//
//     header, 64
//        0  "MLRC"
//        4  u16  major version: readers refuse one they do not know
//        6  u16  minor version: readers accept any; they skip records and keys they do not know
//        8  u8   kind of file (ContainerKind)
//        9  u8   flags, 0: reserved for compression; readers refuse others
//       10  6    zero
//       16  u64  epoch
//       24  16   job: random id of the checkpoint
//       40  16   run: random id of the process that wrote the file
//       56  4    zero
//       60  u32  check of the 60 bytes before it
//     block, repeated
//        0  u32  length of the payload, at most 1 MiB
//        4  u8   type; 0 is the end block; bit 7: the record goes on in the next block
//        5  ...  payload
//           u32  check of length, type and payload
//     end block: type 0, no payload
//     footer, 48
//        0  u64  number of blocks, the end block included
//        8  u64  bytes of payload
//       16  16   XXH3-128 of all bytes before the footer
//       32  8    zero
//       40  "CRLM"
//       44  u32  check of the 44 bytes before it
//
// A check is the low half of XXH3-64. A block's is seeded with the block's number, so a block that
// was moved, doubled or left out is found. End block and footer are compulsory, so a file that was
// cut off is found. The header and its check keep this layout in every major version.
// A record is what was appended at once: one block, or several where it is longer than 1 MiB.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::container {

inline constexpr std::string_view header_mark = "MLRC";
inline constexpr std::string_view footer_mark = "CRLM";
inline constexpr std::uint16_t major_version = 1;
inline constexpr std::uint16_t minor_version = 0;

inline constexpr std::size_t header_size = 64;
inline constexpr std::size_t footer_size = 48;
inline constexpr std::size_t block_head_size = 5;
inline constexpr std::size_t check_size = 4;
inline constexpr std::size_t end_block_size = block_head_size + check_size;
inline constexpr std::size_t payload_max = std::size_t{1} << 20;

inline constexpr std::uint8_t end_type = 0;
inline constexpr std::uint8_t continued = 0x80;

template <typename Number>
void put(char* to, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) {
    to[i] = static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i));
  }
}

template <typename Number>
Number get(const char* from) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    number |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[i])) << (8 * i);
  }
  return static_cast<Number>(number);
}

// The one place that calls xxhash.
std::uint32_t check_of(std::string_view bytes, std::uint64_t seed = 0);

std::string to_hex(std::string_view bytes);

class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void add(std::string_view bytes);
  std::array<char, 16> value() const;

 private:
  void* state_;
};

}  // namespace millrace::container
