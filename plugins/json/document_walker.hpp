#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/json/token_index.hpp"

namespace millrace::json {

// Walks over the tokens of one document after the other, checks them against JSON's grammar, and
// notes where the values of the wanted fields are.
//
// Records of one producer have their fields in one order nearly always. So the walker remembers
// which field the k-th key of the last document was, and compares a key with that one first.
class DocumentWalker {
 public:
  explicit DocumentWalker(std::vector<std::string> wanted, bool ignores_text_behind = false)
      : wanted_(std::move(wanted)), ignores_text_behind_(ignores_text_behind) {}

  void start(const Tokens& tokens) { tokens_ = tokens; }

  // Walks over the document whose first token is `token` and that ends before `end` in the text.
  // Sets values[i] to the token of wanted field i; those of absent fields stay as they are. Of
  // several fields with one name the last counts. Returns the token behind the document, or 0 when
  // there is a fault.
  uint32_t walk(uint32_t token, uint32_t end, uint32_t* values);

  // What is wrong, and where in the text.
  const std::string& fault() const { return fault_; }
  uint32_t fault_at() const { return fault_at_; }

  // The token behind a value that walk() has been over.
  static uint32_t after(const Tokens& tokens, uint32_t token);

 private:
  struct Seen {
    std::string key;  // As it is spelled, without quotes.
    int field;
  };

  uint32_t members(uint32_t token, uint32_t* values);
  int field_of(size_t position, std::string_view key);
  uint32_t skip(uint32_t token);
  bool check_scalar(uint32_t token);
  bool check_key(uint32_t token);
  bool is_within(uint32_t token);
  bool fail(const std::string& what, uint32_t token);

  std::vector<std::string> wanted_;
  bool ignores_text_behind_;
  std::vector<Seen> seen_;
  std::vector<char> open_;  // The brackets and braces that are open below the document's own.
  Tokens tokens_;
  uint32_t end_ = 0;
  std::string fault_;
  uint32_t fault_at_ = 0;
};

}  // namespace millrace::json
