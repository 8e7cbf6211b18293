#pragma once
#include <cstdint>
#include <string>
#include <string_view>

// Digests of bytes, written from RFC 1321 (MD5), FIPS 180-4 (SHA) and the CRC-32 of Ethernet.
namespace millrace {

std::string md5_digest(std::string_view bytes);
std::string sha1_digest(std::string_view bytes);
/// `bits` is 224, 256, 384 or 512.
std::string sha2_digest(std::string_view bytes, int bits);
uint32_t crc32_checksum(std::string_view bytes);

}  // namespace millrace
