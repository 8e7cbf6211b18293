#include "plugins/kafka/direct/unpack.hpp"

#include <algorithm>
#include <memory>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <lz4frame.h>

namespace millrace::kafka {
namespace {

constexpr size_t first_bytes = 64 << 10;
// Room for one large batch is not kept for the next ones.
constexpr size_t kept_bytes_max = 16 << 20;

// Room that grows while a stream is unpacked, up to a limit.
class Room {
 public:
  Room(std::string& bytes, size_t bytes_max) : bytes_(bytes), bytes_max_(bytes_max) {
    if (bytes_.capacity() > kept_bytes_max) std::string().swap(bytes_);
    bytes_.resize(std::min(std::max(bytes_.capacity(), first_bytes), bytes_max_));
  }
  char* free() { return bytes_.data() + used_; }
  size_t left() const { return bytes_.size() - used_; }
  // Takes what was written; makes room for more where it is full.
  void take(size_t written) {
    used_ += written;
    if (used_ == bytes_.size()) grow(used_ * 2);
  }
  // Room for `size` more bytes in one piece.
  void need(size_t size) {
    if (size > bytes_max_ - used_) throw too_much();
    if (left() < size) grow(std::max(used_ + size, bytes_.size() * 2));
  }
  std::string_view done() const { return {bytes_.data(), used_}; }

 private:
  static Malformed too_much() { return Malformed("a record batch unpacks to too much"); }
  void grow(size_t wanted) {
    if (used_ >= bytes_max_) throw too_much();
    bytes_.resize(std::min(wanted, bytes_max_));
  }

  std::string& bytes_;
  size_t bytes_max_;
  size_t used_ = 0;
};

Malformed unreadable(const std::string& codec) {
  return Malformed("a record batch cannot be unpacked by " + codec);
}

void unpack_gzip(std::string_view packed, Room& room) {
  z_stream stream{};
  constexpr int any_header = 15 + 32;
  if (inflateInit2(&stream, any_header) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> owner(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  for (int result = Z_OK; result != Z_STREAM_END;) {
    const size_t left = room.left();
    stream.next_out = reinterpret_cast<Bytef*>(room.free());
    stream.avail_out = static_cast<uInt>(left);
    result = inflate(&stream, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END) throw unreadable("gzip");
    room.take(left - stream.avail_out);
  }
}

void unpack_lz4(std::string_view packed, Room& room) {
  LZ4F_dctx* made = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&made, LZ4F_VERSION)) != 0)
    throw std::bad_alloc();
  const std::unique_ptr<LZ4F_dctx, decltype(&LZ4F_freeDecompressionContext)> context(
      made, LZ4F_freeDecompressionContext);
  for (size_t more = 1; more != 0;) {
    size_t written = room.left();
    size_t read = packed.size();
    more = LZ4F_decompress(context.get(), room.free(), &written, packed.data(), &read, nullptr);
    if (LZ4F_isError(more) != 0 || (read == 0 && written == 0 && more != 0))
      throw unreadable("lz4");
    packed.remove_prefix(read);
    room.take(written);
  }
}

void unpack_zstd(std::string_view packed, Room& room) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     ZSTD_freeDCtx);
  if (!context) throw std::bad_alloc();
  ZSTD_inBuffer input{packed.data(), packed.size(), 0};
  for (size_t more = 1; more != 0;) {
    ZSTD_outBuffer output{room.free(), room.left(), 0};
    const size_t before = input.pos;
    more = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(more) != 0 || (more != 0 && output.pos == 0 && input.pos == before))
      throw unreadable("zstd");
    room.take(output.pos);
  }
}

void unpack_snappy_block(std::string_view packed, Room& room) {
  size_t size = 0;
  if (!snappy::GetUncompressedLength(packed.data(), packed.size(), &size))
    throw unreadable("snappy");
  room.need(size);
  if (!snappy::RawUncompress(packed.data(), packed.size(), room.free())) throw unreadable("snappy");
  room.take(size);
}

// The Java client writes blocks in a frame of its own (org.xerial.snappy), others a bare block.
void unpack_snappy(std::string_view packed, Room& room) {
  constexpr std::string_view frame("\x82SNAPPY\0", 8);
  constexpr size_t versions = 8;
  if (!packed.starts_with(frame)) return unpack_snappy_block(packed, room);
  if (packed.size() < frame.size() + versions) throw unreadable("snappy");
  packed.remove_prefix(frame.size() + versions);
  while (!packed.empty()) {
    if (packed.size() < sizeof(int32_t)) throw unreadable("snappy");
    const auto size = read_big_endian<int32_t>(packed.data());
    packed.remove_prefix(sizeof(int32_t));
    if (size < 0 || static_cast<size_t>(size) > packed.size()) throw unreadable("snappy");
    unpack_snappy_block(packed.substr(0, static_cast<size_t>(size)), room);
    packed.remove_prefix(static_cast<size_t>(size));
  }
}

}  // namespace

std::string_view unpack(Codec codec, std::string_view packed, size_t bytes_max, std::string& into) {
  if (codec == Codec::none) return packed;
  Room room(into, bytes_max);
  switch (codec) {
    case Codec::gzip:
      unpack_gzip(packed, room);
      break;
    case Codec::snappy:
      unpack_snappy(packed, room);
      break;
    case Codec::lz4:
      unpack_lz4(packed, room);
      break;
    case Codec::zstd:
      unpack_zstd(packed, room);
      break;
    default:
      throw Unsupported("its records are packed in a way that is not known here");
  }
  return room.done();
}

}  // namespace millrace::kafka
