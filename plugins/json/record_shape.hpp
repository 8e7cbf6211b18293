#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "plugins/json/plain_text.hpp"
#include "plugins/json/token_index.hpp"
#include "plugins/json/wanted_fields.hpp"

namespace millrace::json {

// What records of one kind have in common: the same keys in the same order, spelled in the same
// way, in objects within objects too. Only the values between differ. A structure that is wanted
// and null belongs to what is between.
struct RecordShape {
  struct Member {
    Literal before;  // From the value in front (or the record's beginning) to this value.
    int field;       // WantedFields::none: not wanted.
    TypeId type;     // Of the field.

    bool operator==(const Member&) const = default;
  };

  // The shape of the document that begins at `token`, in a payload from `begin` to `end` of the
  // text; the document must have been found valid. Without members where records of its kind cannot
  // be read by their shape.
  static RecordShape of(const Tokens& tokens, uint32_t token, uint32_t begin, uint32_t end,
                        const WantedFields& wanted);

  bool operator==(const RecordShape&) const = default;

  std::vector<Member> members;
  Literal after;             // From the last value to the record's end.
  std::vector<int> missing;  // The wanted fields that no member holds.
};

}  // namespace millrace::json
