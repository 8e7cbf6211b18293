#include "plugins/join/key_bytes.hpp"

#include <cmath>
#include <cstring>
#include <limits>

namespace millrace::join {
namespace {

template <class Value>
void append_real(const Column& part, int64_t row, Buffer<char>& bytes) {
  Value value = part.data<Value>()[row];
  if (std::isnan(value)) value = std::numeric_limits<Value>::quiet_NaN();
  if (value == 0) value = 0;
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append_size(size_t size, Buffer<char>& bytes) {
  const auto count = static_cast<uint32_t>(size);
  bytes.append(reinterpret_cast<const char*>(&count), sizeof count);
}

}  // namespace

uint64_t hash_of(std::string_view bytes) {
  uint64_t hash = 0x9e3779b97f4a7c15 ^ bytes.size();
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    hash = mix(hash ^ word);
  }
  uint64_t rest = 0;
  if (left != 0) std::memcpy(&rest, at, left);
  return mix(hash ^ rest);
}

void KeyBytes::encode(std::span<const Column> parts, const std::vector<bool>& null_safe,
                      size_t rows) {
  bytes_.clear();
  offsets_.clear();
  no_match_.clear();
  no_match_.append(rows, 0);
  for (size_t row = 0; row < rows; ++row) {
    offsets_.push_back(bytes_.size());
    for (size_t i = 0; i < parts.size(); ++i) {
      const auto at = static_cast<int64_t>(row);
      if (!null_safe[i] && parts[i].is_null(at)) no_match_[row] = 1;
      append(parts[i], at);
    }
  }
  offsets_.push_back(bytes_.size());
}

void KeyBytes::append(const Column& part, int64_t row) {
  const bool null = part.is_null(row);
  bytes_.push_back(null ? 0 : 1);
  if (null) return;
  switch (part.type.id) {
    case TypeId::null:
      return;
    case TypeId::boolean:
      return bytes_.push_back(part.boolean(row) ? 1 : 0);
    case TypeId::float32:
      return append_real<float>(part, row, bytes_);
    case TypeId::float64:
      return append_real<double>(part, row, bytes_);
    case TypeId::string:
    case TypeId::binary: {
      const auto text = part.text(row);
      append_size(text.size(), bytes_);
      return bytes_.append(text.data(), text.size());
    }
    case TypeId::list:
      append_size(static_cast<size_t>(part.offsets[row + 1] - part.offsets[row]), bytes_);
      for (int32_t i = part.offsets[row]; i < part.offsets[row + 1]; ++i)
        append(part.children[0], i);
      return;
    case TypeId::structure:
      for (const auto& field : part.children) append(field, row);
      return;
    default: {
      const size_t width = width_of(part.type.id);
      bytes_.append(part.data<char>() + static_cast<size_t>(row) * width, width);
    }
  }
}

}  // namespace millrace::join
