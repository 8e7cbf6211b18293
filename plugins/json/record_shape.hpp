#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "millrace/type.hpp"

#include "plugins/json/plain_text.hpp"
#include "plugins/json/token_index.hpp"

namespace millrace::json {

// What the records of one producer have in common: the same keys in the same order, spelled in the
// same way. Only the values between differ.
struct RecordShape {
  struct Member {
    Literal before;  // From the value in front (or the record's beginning) to this value.
    int column;      // -1: not wanted.
    TypeId type;     // Of the column.
  };

  // The shape of the document that begins at `token`, in a payload from `begin` to `end` of the
  // text; the document must have been found valid. Without members where records of its kind cannot
  // be read by their shape.
  static RecordShape of(const Tokens& tokens, uint32_t token, uint32_t begin, uint32_t end,
                        const Schema& rows);

  std::vector<Member> members;
  Literal after;                 // From the last value to the record's end.
  std::vector<bool> has_column;  // Of each column: whether a member holds it.
};

}  // namespace millrace::json
