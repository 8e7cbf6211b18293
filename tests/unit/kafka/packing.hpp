#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <snappy.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <zlib.h>
#include <zstd.h>

#include <lz4frame.h>

#include "plugins/kafka/direct/record_batch.hpp"
#include "tests/unit/kafka/batch_writer.hpp"

namespace millrace::testing {

// Packs records as Kafka's producers do.

inline std::string pack_gzip(std::string_view plain) {
  z_stream stream{};
  constexpr int gzip_header = 15 + 16;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_header, 8,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("no gzip");
  std::string packed(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("gzip does not pack");
  return packed;
}

inline std::string pack_lz4(std::string_view plain) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;  // As the Java client has it.
  std::string packed(LZ4F_compressFrameBound(plain.size(), &preferences), '\0');
  const auto size =
      LZ4F_compressFrame(packed.data(), packed.size(), plain.data(), plain.size(), &preferences);
  if (LZ4F_isError(size) != 0) throw std::runtime_error("lz4 does not pack");
  packed.resize(size);
  return packed;
}

inline std::string pack_zstd(std::string_view plain) {
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  const auto size = ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), 3);
  if (ZSTD_isError(size) != 0) throw std::runtime_error("zstd does not pack");
  packed.resize(size);
  return packed;
}

inline std::string pack_snappy(std::string_view plain) {
  std::string packed;
  snappy::Compress(plain.data(), plain.size(), &packed);
  return packed;
}

// The frame of org.xerial.snappy, which the Java client writes.
inline std::string pack_snappy_in_blocks(std::string_view plain, size_t block_bytes) {
  std::string packed("\x82SNAPPY\0", 8);
  put_number(packed, int32_t{1});  // Its version, and the oldest that can read it.
  put_number(packed, int32_t{1});
  for (; !plain.empty(); plain.remove_prefix(std::min(block_bytes, plain.size()))) {
    const auto block = pack_snappy(plain.substr(0, block_bytes));
    put_number(packed, static_cast<int32_t>(block.size()));
    packed += block;
  }
  return packed;
}

inline std::string pack(kafka::Codec codec, std::string_view plain) {
  switch (codec) {
    case kafka::Codec::gzip:
      return pack_gzip(plain);
    case kafka::Codec::snappy:
      return pack_snappy(plain);
    case kafka::Codec::lz4:
      return pack_lz4(plain);
    case kafka::Codec::zstd:
      return pack_zstd(plain);
    case kafka::Codec::none:
      break;
  }
  return std::string(plain);
}

// The same batch with its records packed.
inline BatchWriter packed(BatchWriter batch, kafka::Codec codec) {
  batch.records = pack(codec, batch.records);
  batch.attributes = static_cast<int16_t>(batch.attributes | static_cast<int16_t>(codec));
  return batch;
}

}  // namespace millrace::testing
