#pragma once
#include "millrace/type.hpp"

// What the front half hands to the back half: a row each. The hash of the key decides the shard.
namespace millrace::join {

enum class PartialColumn : size_t { hash, flags, bucket, key, row };

enum RowFlags : int32_t {
  of_right = 1,         ///< the row is of the right input
  matches_nothing = 2,  ///< its key has a NULL
  unmatched = 4         ///< it fails a condition on its own input alone: comes out at once
};

inline Schema partial_schema() {
  return {{{"hash", TypeId::int64},
           {"flags", TypeId::int32},
           {"bucket", TypeId::int64},
           {"key", TypeId::binary},
           {"row", TypeId::binary}}};
}

}  // namespace millrace::join
