#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "millrace/int128.hpp"

namespace millrace::detail {

/// 256 bits without a sign: what products and scaled dividends of decimals are kept in. Limbs go
/// from the least significant one up.
class WideInteger {
 public:
  explicit WideInteger(UInt128 value)
      : limbs_{static_cast<uint64_t>(value), static_cast<uint64_t>(value >> 64), 0, 0} {}

  /// False where the product does not fit.
  bool multiply(UInt128 factor) {
    const std::array<uint64_t, 2> by{static_cast<uint64_t>(factor),
                                     static_cast<uint64_t>(factor >> 64)};
    std::array<uint64_t, 6> product{};
    for (size_t i = 0; i < limbs_.size(); ++i) {
      uint64_t carry = 0;
      for (size_t j = 0; j < by.size(); ++j) {
        const UInt128 sum = static_cast<UInt128>(limbs_[i]) * by[j] + product[i + j] + carry;
        product[i + j] = static_cast<uint64_t>(sum);
        carry = static_cast<uint64_t>(sum >> 64);
      }
      product[i + 2] = carry;
    }
    for (size_t i = 0; i < limbs_.size(); ++i) limbs_[i] = product[i];
    return product[4] == 0 && product[5] == 0;
  }

  bool add(const WideInteger& other) {
    uint64_t carry = 0;
    for (size_t i = 0; i < limbs_.size(); ++i) {
      const UInt128 sum = static_cast<UInt128>(limbs_[i]) + other.limbs_[i] + carry;
      limbs_[i] = static_cast<uint64_t>(sum);
      carry = static_cast<uint64_t>(sum >> 64);
    }
    return carry == 0;
  }
  /// `other` is not larger.
  void subtract(const WideInteger& other) {
    uint64_t borrow = 0;
    for (size_t i = 0; i < limbs_.size(); ++i) {
      const UInt128 difference = static_cast<UInt128>(limbs_[i]) - other.limbs_[i] - borrow;
      limbs_[i] = static_cast<uint64_t>(difference);
      borrow = static_cast<uint64_t>(difference >> 64) & 1;
    }
  }
  bool less_than(const WideInteger& other) const {
    for (size_t i = limbs_.size(); i-- > 0;)
      if (limbs_[i] != other.limbs_[i]) return limbs_[i] < other.limbs_[i];
    return false;
  }
  bool is_zero() const { return (limbs_[0] | limbs_[1] | limbs_[2] | limbs_[3]) == 0; }
  /// The value where it fits 128 bits.
  std::optional<UInt128> narrow() const {
    if (limbs_[2] != 0 || limbs_[3] != 0) return std::nullopt;
    return static_cast<UInt128>(limbs_[1]) << 64 | limbs_[0];
  }

  /// Leaves the remainder here and returns the quotient. What 128 bits do not hold is divided limb
  /// by limb where the divisor is one limb, otherwise bit by bit.
  WideInteger divide(const WideInteger& divisor) {
    if (const auto by = divisor.narrow()) {
      if (const auto of = narrow()) {
        *this = WideInteger(*of % *by);
        return WideInteger(*of / *by);
      }
      if (*by <= UINT64_MAX) return divide_by_limb(static_cast<uint64_t>(*by));
    }
    WideInteger quotient(0);
    WideInteger rest(0);
    for (int bit = bits() - 1; bit >= 0; --bit) {
      const bool beyond = (rest.limbs_[3] >> 63) != 0;
      rest.shift_left();
      rest.limbs_[0] |= limbs_[static_cast<size_t>(bit / 64)] >> (bit % 64) & 1;
      if (!beyond && rest.less_than(divisor)) continue;
      rest.subtract(divisor);
      quotient.limbs_[static_cast<size_t>(bit / 64)] |= uint64_t{1} << (bit % 64);
    }
    *this = rest;
    return quotient;
  }

  /// The quotient rounded half up, where it fits 128 bits.
  std::optional<UInt128> rounded_by(UInt128 divisor) {
    const WideInteger by(divisor);
    auto quotient = divide(by).narrow();
    if (!quotient) return std::nullopt;
    const UInt128 rest = *narrow();
    if (rest >= divisor - rest && ++*quotient == 0) return std::nullopt;
    return quotient;
  }

 private:
  WideInteger divide_by_limb(uint64_t divisor) {
    WideInteger quotient(0);
    UInt128 rest = 0;
    for (size_t i = limbs_.size(); i-- > 0;) {
      rest = rest << 64 | limbs_[i];
      quotient.limbs_[i] = static_cast<uint64_t>(rest / divisor);
      rest %= divisor;
    }
    *this = WideInteger(rest);
    return quotient;
  }
  int bits() const {
    for (size_t i = limbs_.size(); i-- > 0;)
      if (limbs_[i] != 0)
        return static_cast<int>(i * 64) + static_cast<int>(std::bit_width(limbs_[i]));
    return 0;
  }
  void shift_left() {
    for (size_t i = limbs_.size() - 1; i > 0; --i) limbs_[i] = limbs_[i] << 1 | limbs_[i - 1] >> 63;
    limbs_[0] <<= 1;
  }

  std::array<uint64_t, 4> limbs_;
};

}  // namespace millrace::detail
