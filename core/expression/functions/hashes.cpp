#include <bit>
#include <cmath>
#include <limits>

#include "millrace/xxhash64.hpp"

#include "core/expression/built_node.hpp"
#include "core/expression/digest.hpp"
#include "core/expression/function.hpp"
#include "core/expression/text_parts.hpp"

namespace millrace {

namespace {

/// The 32-bit Murmur3 of Spark, which mixes each byte behind the last word as a word of its own.
struct Murmur3 {
  using Hash = uint32_t;
  static uint32_t mixed(uint32_t hash, uint32_t word) {
    word = std::rotl(word * 0xcc9e2d51U, 15) * 0x1b873593U;
    return std::rotl(hash ^ word, 13) * 5 + 0xe6546b64U;
  }
  static uint32_t finished(uint32_t hash, uint32_t length) {
    hash ^= length;
    hash = (hash ^ (hash >> 16)) * 0x85ebca6bU;
    hash = (hash ^ (hash >> 13)) * 0xc2b2ae35U;
    return hash ^ (hash >> 16);
  }
  static uint32_t of_int(int32_t value, uint32_t seed) {
    return finished(mixed(seed, static_cast<uint32_t>(value)), 4);
  }
  static uint32_t of_long(int64_t value, uint32_t seed) {
    const auto bits = static_cast<uint64_t>(value);
    return finished(
        mixed(mixed(seed, static_cast<uint32_t>(bits)), static_cast<uint32_t>(bits >> 32)), 8);
  }
  static uint32_t of_bytes(std::string_view bytes, uint32_t seed) {
    size_t at = 0;
    for (; at + 4 <= bytes.size(); at += 4)
      seed = mixed(seed, xxhash64::word_at<uint32_t>(bytes.data() + at));
    for (; at < bytes.size(); ++at)
      seed = mixed(seed, static_cast<uint32_t>(int32_t{static_cast<signed char>(bytes[at])}));
    return finished(seed, static_cast<uint32_t>(bytes.size()));
  }
};

struct XxHash64 {
  using Hash = uint64_t;
  static uint64_t of_int(int32_t value, uint64_t seed) { return xxhash64::of_int(value, seed); }
  static uint64_t of_long(int64_t value, uint64_t seed) { return xxhash64::of_long(value, seed); }
  static uint64_t of_bytes(std::string_view bytes, uint64_t seed) {
    return xxhash64::of_bytes(bytes, seed);
  }
};

/// Java's bits of a number: one zero, one NaN.
template <class Bits, class Real>
Bits bits_of(Real value) {
  if (std::isnan(value)) value = std::numeric_limits<Real>::quiet_NaN();
  return std::bit_cast<Bits>(value == 0 ? Real{0} : value);
}

/// As a long where the type has no more digits than a long holds, otherwise by its bytes.
template <class Kind>
typename Kind::Hash hash_decimal(Int128 value, int precision, typename Kind::Hash hash) {
  constexpr int long_digits = 18;
  if (precision <= long_digits) return Kind::of_long(static_cast<int64_t>(value), hash);
  char bytes[sizeof(Int128)];
  return Kind::of_bytes(xxhash64::shortest_bytes(value, bytes), hash);
}

/// The hash of one value begins with that of the values before it; nulls change nothing.
template <class Kind>
typename Kind::Hash hash_value(const Column& column, int64_t row, typename Kind::Hash hash) {
  if (column.is_null(row)) return hash;
  switch (column.type.id) {
    case TypeId::boolean:
      return Kind::of_int(column.boolean(row) ? 1 : 0, hash);
    case TypeId::int32:
    case TypeId::date:
      return Kind::of_int(column.int32(row), hash);
    case TypeId::int64:
    case TypeId::timestamp:
    case TypeId::duration:
      return Kind::of_long(column.int64(row), hash);
    case TypeId::float32:
      return Kind::of_int(bits_of<int32_t>(column.float32(row)), hash);
    case TypeId::float64:
      return Kind::of_long(bits_of<int64_t>(column.float64(row)), hash);
    case TypeId::string:
    case TypeId::binary:
      return Kind::of_bytes(column.text(row), hash);
    case TypeId::list:
      for (int32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i)
        hash = hash_value<Kind>(column.children[0], i, hash);
      return hash;
    case TypeId::structure:
      for (const auto& field : column.children) hash = hash_value<Kind>(field, row, hash);
      return hash;
    case TypeId::decimal:
      return hash_decimal<Kind>(column.decimal(row), column.type.precision, hash);
    case TypeId::null:
      break;
  }
  return hash;
}

template <class Kind, class Result>
Function hash_function(std::string name, const char* help, Example example, TypeId result) {
  return {.names = {name},
          .family = Family::hash,
          .usage = name + "(a, b, ...)",
          .help = help,
          .examples = {std::move(example)},
          .overloads = {},
          .bind = [result](Binding& binding) {
            if (binding.arguments.empty())
              binding.fail("`" + binding.name() + "` takes at least 1 argument");
            return make_built(result, binding.arguments, binding.session, Nulls::seen,
                              [](const Cells& cells, ColumnBuilder& to) {
                                typename Kind::Hash hash = 42;
                                for (size_t i = 0; i < cells.count(); ++i)
                                  hash = hash_value<Kind>(cells.column(i), cells.at(i), hash);
                                to.append(static_cast<Result>(hash));
                              });
          }};
}

template <class Digest>
Function digest(std::vector<std::string> names, const char* help, Example example, Digest compute) {
  const auto usage = names[0] + "(bytes)";
  return {.names = std::move(names),
          .family = Family::hash,
          .usage = usage,
          .help = help,
          .examples = {std::move(example)},
          .overloads = {row([compute](Text& out, std::string_view s) {
                          strings::append_lower_hex(out, compute(s));
                        }),
                        row([compute](Text& out, Bytes s) {
                          strings::append_lower_hex(out, compute(s.view));
                        })}};
}

/// 0 stands for 256 bits; other lengths than the four give null.
bool append_sha2(Text& out, std::string_view bytes, int32_t bits) {
  if (bits == 0) bits = 256;
  if (bits != 224 && bits != 256 && bits != 384 && bits != 512) return false;
  strings::append_lower_hex(out, sha2_digest(bytes, bits));
  return true;
}

}  // namespace

void add_hashes(FunctionList& list) {
  list.push_back(digest({"md5"}, "The MD5 digest in hexadecimal digits.",
                        {"md5('Spark')", "'8cde774d6f7333752ed72cacddb05126'"}, md5_digest));
  list.push_back(digest({"sha1", "sha"}, "The SHA-1 digest in hexadecimal digits.",
                        {"sha1('Spark')", "'85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c'"},
                        sha1_digest));
  list.push_back(
      {.names = {"sha2"},
       .family = Family::hash,
       .usage = "sha2(bytes, bits)",
       .help = "The SHA-2 digest of 224, 256 (or 0), 384 or 512 bits; null for other numbers.",
       .examples = {{"sha2('Spark', 256)",
                     "'529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b'"}},
       .overloads = {row([](Text& out, std::string_view s, int32_t bits) -> bool {
                       return append_sha2(out, s, bits);
                     }),
                     row([](Text& out, Bytes s, int32_t bits) -> bool {
                       return append_sha2(out, s.view, bits);
                     })}});
  list.push_back(
      {.names = {"crc32"},
       .family = Family::hash,
       .usage = "crc32(bytes)",
       .help = "The CRC-32 checksum.",
       .examples = {{"crc32('Spark')", "1557323817"}},
       .overloads = {row([](std::string_view s) noexcept -> int64_t { return crc32_checksum(s); }),
                     row([](Bytes s) noexcept -> int64_t { return crc32_checksum(s.view); })}});
  list.push_back(hash_function<Murmur3, int32_t>(
      "hash", "Spark's 32-bit hash (Murmur3) of the values together.",
      {"hash('Spark', ARRAY[123], 2)", "-1321691492"}, TypeId::int32));
  list.push_back(hash_function<XxHash64, int64_t>(
      "xxhash64", "Spark's 64-bit hash (xxHash64) of the values together.",
      {"xxhash64('Spark', ARRAY[123], 2)", "5602566077635097486"}, TypeId::int64));
}

}  // namespace millrace
