#pragma once
#include <string>
#include <string_view>

namespace millrace {

/// Reads one JSON text from left to right without building anything. Every reader returns false
/// where the text is not JSON (RFC 8259, and nested at most 1000 deep).
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : text_(text) { blanks(); }

  /// The character at hand, '\0' at the end.
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  /// Takes a character and the blanks behind it.
  bool take(char wanted);
  bool at_end() const { return at_ == text_.size(); }
  size_t position() const { return at_; }

  /// Over one value.
  bool skip();
  /// One value in its shortest spelling: no blanks, numbers as doubles are written.
  bool copy(std::string& to);
  /// A string, with its escapes undone.
  bool string(std::string& to);

  /// Visits the members of an object: `visit(key)` stands in front of the value, and reads it.
  template <class Visit>
  bool members(Visit visit);
  /// The same for the items of an array: `visit(index)`.
  template <class Visit>
  bool items(Visit visit);

 private:
  bool value(std::string* to);
  bool number(std::string* to);
  bool word(std::string_view wanted, std::string* to);
  bool escape(std::string& to);
  bool unit(uint32_t& code);
  void blanks();

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

template <class Visit>
bool JsonScanner::members(Visit visit) {
  constexpr int depth_max = 1000;
  if (!take('{') || ++depth_ > depth_max) return false;
  std::string key;
  if (peek() != '}') {
    do {
      key.clear();
      if (!string(key) || !take(':') || !visit(std::string_view(key))) return false;
    } while (take(','));
  }
  --depth_;
  return take('}');
}

template <class Visit>
bool JsonScanner::items(Visit visit) {
  constexpr int depth_max = 1000;
  if (!take('[') || ++depth_ > depth_max) return false;
  int64_t index = 0;
  if (peek() != ']') {
    do {
      if (!visit(index++)) return false;
    } while (take(','));
  }
  --depth_;
  return take(']');
}

}  // namespace millrace
