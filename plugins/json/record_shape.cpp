#include "plugins/json/record_shape.hpp"

namespace millrace::json {
namespace {

constexpr size_t most_members = 256;

bool can_be_read_in_place(TypeId type) {
  switch (type) {
    case TypeId::boolean:
    case TypeId::int32:
    case TypeId::int64:
    case TypeId::float32:
    case TypeId::float64:
    case TypeId::string:
    case TypeId::date:
    case TypeId::timestamp:
      return true;
    default:
      return false;
  }
}

}  // namespace

RecordShape RecordShape::of(const Tokens& tokens, uint32_t token, uint32_t begin, uint32_t end,
                            const Schema& rows) {
  RecordShape shape;
  shape.has_column.assign(rows.size(), false);
  const auto text_until = [&](uint32_t until) {
    return std::string_view(tokens.text + begin, until - begin);
  };
  do {
    if (tokens.kind(++token) != '"' || shape.members.size() == most_members) return {};
    const auto key = tokens.inside(token);
    token += 2;
    const char kind = tokens.kind(token);
    if (kind == '{' || kind == '[' || key.find('\\') != std::string_view::npos) return {};
    const int column = rows.index_of(key);
    auto type = TypeId::null;
    if (column >= 0) {
      const auto at = static_cast<size_t>(column);
      type = rows[at].type.id;
      if (shape.has_column[at] || !can_be_read_in_place(type)) return {};
      shape.has_column[at] = true;
    }
    shape.members.push_back({Literal(text_until(tokens.at[token])), column, type});
    begin = tokens.at[token] + static_cast<uint32_t>(tokens.span(token).size());
    ++token;
  } while (tokens.kind(token) == ',');
  shape.after = Literal(text_until(end));
  return shape;
}

}  // namespace millrace::json
