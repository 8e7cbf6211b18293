#pragma once
#include "millrace/type.hpp"

// Spark's rules for how many digits the results of decimal arithmetic have.
namespace millrace {

/// The decimal that holds every value of a whole type; a decimal itself as it is.
Type as_decimal(const Type& type);

/// The narrowest decimal that holds a number.
Type narrowest_decimal(int64_t value);

/// The decimal that two are converted to where they meet; where 38 digits are not enough, digits
/// behind the point go first.
Type wider_decimal(const Type& left, const Type& right);

Type decimal_sum(const Type& left, const Type& right);
Type decimal_product(const Type& left, const Type& right);
Type decimal_quotient(const Type& left, const Type& right);
Type decimal_whole_quotient(const Type& left, const Type& right);
Type decimal_remainder(const Type& left, const Type& right);

/// Rounded to `places` digits behind the point, or in front of it where negative.
Type decimal_rounded(const Type& type, int places);

/// How many digits the exact result of an addition or multiplication may have: beyond 38 it can
/// overflow.
int digits_of_sum(const Type& left, const Type& right);
int digits_of_product(const Type& left, const Type& right);

}  // namespace millrace
