#include "plugins/postgres/names.hpp"

#include <algorithm>
#include <vector>

#include "millrace/error.hpp"

namespace millrace::postgres {
namespace {

// PostgreSQL cuts longer names off, so that two of them could become one.
constexpr size_t name_bytes_max = 63;

class NameReader {
 public:
  NameReader(std::string_view text, const char* option) : text_(text), option_(option) {}

  std::vector<std::string> read() {
    std::vector<std::string> parts;
    do {
      parts.push_back(at_ < text_.size() && text_[at_] == '"' ? in_quotes() : bare());
      if (parts.back().empty()) refuse("a part of it is empty");
      if (parts.back().size() > name_bytes_max) refuse("a name has at most 63 bytes");
    } while (at_ < text_.size() && text_[at_++] == '.');
    return parts;
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw Error::user("`" + std::string(text_) + "` is no name of a table: " + why +
                      R"(; write "table" or "schema.table", and '"Name"' where case matters)")
        .about(option_);
  }

 private:
  std::string in_quotes() {
    std::string name;
    for (++at_;; ++at_) {
      if (at_ >= text_.size()) refuse("a quote is not closed");
      if (text_[at_] == '"') {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != '"') break;
      }
      if (text_[at_] == '\0') refuse("a name has no NUL character");
      name += text_[at_];
    }
    if (at_ < text_.size() && text_[at_] != '.') refuse("a point is missing behind a quote");
    return name;
  }
  std::string bare() {
    std::string name;
    for (; at_ < text_.size() && text_[at_] != '.'; ++at_) {
      const char c = text_[at_];
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                          static_cast<unsigned char>(c) >= 0x80;
      const bool later = (c >= '0' && c <= '9') || c == '$';
      if (!letter && (name.empty() || !later)) refuse("this name needs double quotes");
      name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    return name;
  }

  std::string_view text_;
  const char* option_;
  size_t at_ = 0;
};

}  // namespace

std::string sql_name(std::string_view name) {
  std::string result = "\"";
  for (const char c : name) {
    if (c == '"') result += c;
    result += c;
  }
  return result + "\"";
}

std::string TableName::sql() const {
  return (schema.empty() ? "" : sql_name(schema) + ".") + sql_name(table);
}

TableName parse_name(std::string_view text, const char* option) {
  NameReader reader(text, option);
  auto parts = reader.read();
  if (parts.size() > 2) reader.refuse("it has too many parts; the database is named in `dsn`");
  if (parts.size() == 1) return {"", std::move(parts[0])};
  return {std::move(parts[0]), std::move(parts[1])};
}

}  // namespace millrace::postgres
