#pragma once
#include <string>
#include <vector>

#include "millrace/batch.hpp"

namespace millrace::json {

// Writes each row as one JSON object, spelled as millrace/json.hpp says, hidden columns left out.
class Encoder {
 public:
  Encoder(const Schema& rows, bool ignore_null_fields);
  Column encode(const Batch& rows);

 private:
  struct Member {
    size_t column;
    std::string key;  // Ready to write: "name":
  };

  std::vector<Member> members_;
  bool ignore_null_fields_;
  std::string row_;
};

}  // namespace millrace::json
