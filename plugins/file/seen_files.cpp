#include "plugins/file/seen_files.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "millrace/error.hpp"
#include "millrace/json.hpp"

namespace millrace::file {
namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

[[noreturn]] void unreadable() {
  throw Error::user("the checkpoint's list of files that were read is damaged");
}

std::string decode_base64(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::string bytes;
  uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    const auto value = digits.find(c);
    if (value == std::string_view::npos) unreadable();
    group = group << 6 | static_cast<uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 0xff);
  }
  return bytes;
}

void sort_once(std::vector<uint64_t>& hashes) {
  std::ranges::sort(hashes);
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

}  // namespace

// The bytes of a hash are written least significant first.
SeenFiles SeenFiles::from_text(std::string_view text) {
  const auto bytes = decode_base64(text);
  if (bytes.size() % 8 != 0) unreadable();
  SeenFiles seen;
  for (size_t at = 0; at < bytes.size(); at += 8) {
    uint64_t hash = 0;
    for (size_t i = 8; i-- > 0;) hash = hash << 8 | static_cast<unsigned char>(bytes[at + i]);
    seen.hashes_.push_back(hash);
  }
  sort_once(seen.hashes_);
  return seen;
}

std::string SeenFiles::to_text() const {
  std::string bytes;
  bytes.reserve(hashes_.size() * 8);
  for (auto hash : hashes_)
    for (int i = 0; i < 8; ++i, hash >>= 8) bytes += static_cast<char>(hash & 0xff);
  std::string quoted;
  json::append_base64(bytes, quoted);
  return quoted.substr(1, quoted.size() - 2);
}

// FNV-1a, then murmur3's finalizer to spread what short names have in common.
uint64_t SeenFiles::hash_of(std::string_view name) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
  hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
  return hash ^ hash >> 33;
}

bool SeenFiles::contains(uint64_t hash) const { return std::ranges::binary_search(hashes_, hash); }

void SeenFiles::add(std::vector<uint64_t> hashes) {
  hashes_.insert(hashes_.end(), hashes.begin(), hashes.end());
  sort_once(hashes_);
}

void SeenFiles::keep_only(std::vector<uint64_t> present) {
  sort_once(present);
  std::vector<uint64_t> kept;
  std::ranges::set_intersection(hashes_, present, std::back_inserter(kept));
  hashes_ = std::move(kept);
}

}  // namespace millrace::file
