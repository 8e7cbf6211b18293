#include "core/expression/digest.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace millrace {

namespace {

/// Brings bytes to whole blocks: a bit that is set, zeros, and the length in bits.
std::string padded(std::string_view bytes, size_t block, bool big_endian) {
  const size_t length_bytes = block / 8;
  std::string text(bytes);
  text += static_cast<char>(0x80);
  while (text.size() % block != block - length_bytes) text += '\0';
  const uint64_t bits = static_cast<uint64_t>(bytes.size()) * 8;
  for (size_t i = 0; i < length_bytes; ++i) {
    const size_t place = big_endian ? length_bytes - 1 - i : i;
    text += place < 8 ? static_cast<char>(bits >> (8 * place)) : '\0';
  }
  return text;
}

template <class Word>
Word load_big(const char* from) {
  Word word = 0;
  for (size_t i = 0; i < sizeof word; ++i)
    word = static_cast<Word>(word << 8) | static_cast<uint8_t>(from[i]);
  return word;
}

template <class Word, size_t Count>
std::string written_big(const std::array<Word, Count>& words, size_t bytes) {
  std::string text;
  for (size_t i = 0; i < bytes; ++i)
    text +=
        static_cast<char>(words[i / sizeof(Word)] >> (8 * (sizeof(Word) - 1 - i % sizeof(Word))));
  return text;
}

// Sines of 1, 2, ...; the fractions of the cube roots and square roots of the first primes.
constexpr std::array<uint32_t, 64> md5_sines{
    {0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613,
     0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193,
     0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d,
     0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
     0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122,
     0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
     0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244,
     0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
     0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
     0xeb86d391}};
constexpr std::array<uint32_t, 64> sha256_roots{
    {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
     0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
     0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
     0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
     0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
     0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
     0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
     0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
     0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
     0xc67178f2}};
constexpr std::array<uint64_t, 80> sha512_roots{
    {0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
     0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
     0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
     0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
     0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
     0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
     0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
     0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
     0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
     0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
     0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
     0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
     0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
     0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
     0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
     0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
     0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
     0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
     0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
     0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817}};
constexpr std::array<uint32_t, 8> sha224_start{{0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939,
                                                0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4}};
constexpr std::array<uint32_t, 8> sha256_start{{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
constexpr std::array<uint64_t, 8> sha384_start{
    {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
     0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4}};
constexpr std::array<uint64_t, 8> sha512_start{
    {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
     0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179}};

/// What SHA-256 and SHA-512 differ in.
struct Sha256 {
  using Word = uint32_t;
  static constexpr const auto& roots = sha256_roots;
  static constexpr int big[2][3] = {{2, 13, 22}, {6, 11, 25}};
  static constexpr int small[2][3] = {{7, 18, 3}, {17, 19, 10}};
};
struct Sha512 {
  using Word = uint64_t;
  static constexpr const auto& roots = sha512_roots;
  static constexpr int big[2][3] = {{28, 34, 39}, {14, 18, 41}};
  static constexpr int small[2][3] = {{1, 8, 7}, {19, 61, 6}};
};

template <class Word>
Word mixed(Word x, const int (&turns)[3]) {
  return std::rotr(x, turns[0]) ^ std::rotr(x, turns[1]) ^ std::rotr(x, turns[2]);
}
template <class Word>
Word spread_out(Word x, const int (&turns)[3]) {
  return std::rotr(x, turns[0]) ^ std::rotr(x, turns[1]) ^ (x >> turns[2]);
}

template <class Kind, class Word>
void add_block(const char* block, std::array<Word, 8>& state) {
  constexpr size_t rounds = Kind::roots.size();
  std::array<Word, rounds> schedule{};
  for (size_t i = 0; i < 16; ++i) schedule[i] = load_big<Word>(block + i * sizeof(Word));
  for (size_t i = 16; i < rounds; ++i)
    schedule[i] = schedule[i - 16] + spread_out(schedule[i - 15], Kind::small[0]) +
                  schedule[i - 7] + spread_out(schedule[i - 2], Kind::small[1]);
  auto [a, b, c, d, e, f, g, h] = state;
  for (size_t i = 0; i < rounds; ++i) {
    const Word first =
        h + mixed(e, Kind::big[1]) + ((e & f) ^ (~e & g)) + Kind::roots[i] + schedule[i];
    const Word second = mixed(a, Kind::big[0]) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  const std::array<Word, 8> added{a, b, c, d, e, f, g, h};
  for (size_t i = 0; i < 8; ++i) state[i] += added[i];
}

template <class Kind>
std::string sha(std::string_view bytes, std::array<typename Kind::Word, 8> state, int bits) {
  constexpr size_t block = 16 * sizeof(typename Kind::Word);
  const auto text = padded(bytes, block, true);
  for (size_t at = 0; at < text.size(); at += block) add_block<Kind>(text.data() + at, state);
  return written_big(state, static_cast<size_t>(bits) / 8);
}

uint32_t md5_function(size_t round, uint32_t b, uint32_t c, uint32_t d) {
  if (round == 0) return (b & c) | (~b & d);
  if (round == 1) return (d & b) | (~d & c);
  return round == 2 ? b ^ c ^ d : c ^ (b | ~d);
}

void add_md5_block(const char* block, std::array<uint32_t, 4>& state) {
  constexpr int turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  constexpr size_t steps[4] = {1, 5, 3, 7};
  constexpr size_t starts[4] = {0, 1, 5, 0};
  std::array<uint32_t, 16> words{};
  std::memcpy(words.data(), block, 64);
  auto [a, b, c, d] = state;
  for (size_t i = 0; i < 64; ++i) {
    const size_t round = i / 16;
    const uint32_t word = words[(steps[round] * i + starts[round]) % 16];
    const uint32_t sum = a + md5_function(round, b, c, d) + md5_sines[i] + word;
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, turns[round][i % 4]);
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
}

uint32_t sha1_function(size_t round, uint32_t b, uint32_t c, uint32_t d) {
  if (round == 0) return (b & c) | (~b & d);
  return round == 2 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
}

void add_sha1_block(const char* block, std::array<uint32_t, 5>& state) {
  constexpr uint32_t constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
  std::array<uint32_t, 80> words{};
  for (size_t i = 0; i < 16; ++i) words[i] = load_big<uint32_t>(block + i * 4);
  for (size_t i = 16; i < 80; ++i)
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  auto [a, b, c, d, e] = state;
  for (size_t i = 0; i < 80; ++i) {
    const size_t round = i / 20;
    const uint32_t sum =
        std::rotl(a, 5) + sha1_function(round, b, c, d) + e + constants[round] + words[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = sum;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

}  // namespace

std::string md5_digest(std::string_view bytes) {
  std::array<uint32_t, 4> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  const auto text = padded(bytes, 64, false);
  for (size_t at = 0; at < text.size(); at += 64) add_md5_block(text.data() + at, state);
  return {reinterpret_cast<const char*>(state.data()), 16};
}

std::string sha1_digest(std::string_view bytes) {
  std::array<uint32_t, 5> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  const auto text = padded(bytes, 64, true);
  for (size_t at = 0; at < text.size(); at += 64) add_sha1_block(text.data() + at, state);
  return written_big(state, 20);
}

std::string sha2_digest(std::string_view bytes, int bits) {
  switch (bits) {
    case 224:
      return sha<Sha256>(bytes, sha224_start, bits);
    case 256:
      return sha<Sha256>(bytes, sha256_start, bits);
    case 384:
      return sha<Sha512>(bytes, sha384_start, bits);
    default:
      return sha<Sha512>(bytes, sha512_start, bits);
  }
}

uint32_t crc32_checksum(std::string_view bytes) {
  static const auto table = [] {
    std::array<uint32_t, 256> made{};
    for (uint32_t i = 0; i < 256; ++i) {
      made[i] = i;
      for (int bit = 0; bit < 8; ++bit)
        made[i] = (made[i] >> 1) ^ ((made[i] & 1) != 0 ? 0xedb88320U : 0U);
    }
    return made;
  }();
  uint32_t sum = ~uint32_t{0};
  for (const char c : bytes) sum = table[(sum ^ static_cast<uint8_t>(c)) & 255] ^ (sum >> 8);
  return ~sum;
}

}  // namespace millrace
