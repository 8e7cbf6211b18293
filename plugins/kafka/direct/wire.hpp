#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace millrace::kafka {

/// Bytes that are not what Kafka's protocol says they are.
class Malformed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Bytes that are right, but that only librdkafka can read here.
class Unsupported : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a number that stands in `bytes` with its big end first. The bytes must be there.
template <class Number>
Number read_big_endian(const char* bytes) {
  using Bits = std::make_unsigned_t<Number>;
  Bits bits = 0;
  for (size_t i = 0; i < sizeof(Number); ++i)
    bits = static_cast<Bits>(static_cast<uint64_t>(bits) << 8U) | static_cast<uint8_t>(bytes[i]);
  return static_cast<Number>(bits);
}

/// Builds a message of Kafka's protocol.
class WireWriter {
 public:
  template <class Number>
  void number(Number value) {
    for (size_t i = sizeof(Number); i-- > 0;)
      bytes_ += static_cast<char>(static_cast<uint64_t>(value) >> (8 * i));
  }
  void text(std::string_view value) {
    number(static_cast<int16_t>(value.size()));
    bytes_ += value;
  }
  /// The message with its length in front.
  std::string framed() const {
    WireWriter whole;
    whole.number(static_cast<int32_t>(bytes_.size()));
    return whole.bytes_ + bytes_;
  }

 private:
  std::string bytes_;
};

/// Takes a message apart. Every call throws Malformed where too little is left.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  template <class Number>
  Number number() {
    return read_big_endian<Number>(take(sizeof(Number)).data());
  }
  std::string_view text() { return take_counted(number<int16_t>()); }
  /// Bytes with their length in front; none where the length is -1.
  std::string_view bytes() {
    const auto length = number<int32_t>();
    return length == -1 ? std::string_view() : take_counted(length);
  }
  /// How many elements follow, each of at least `bytes_each`; none where the number is -1.
  int32_t count(size_t bytes_each) {
    const auto count = number<int32_t>();
    if (count == -1) return 0;
    if (count < 0 || static_cast<size_t>(count) > rest_.size() / bytes_each)
      throw Malformed("a list is longer than what it is in");
    return count;
  }

 private:
  std::string_view take_counted(int32_t length) {
    if (length < 0) throw Malformed("a length is negative");
    return take(static_cast<size_t>(length));
  }
  std::string_view take(size_t length) {
    if (length > rest_.size()) throw Malformed("it ends too early");
    const auto taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  std::string_view rest_;
};

}  // namespace millrace::kafka
