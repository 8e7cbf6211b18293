#include "plugins/json/record_shape.hpp"

namespace millrace::json {
namespace {

constexpr size_t most_members = 256;
constexpr int deepest = 16;

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

// Walks over one document.
class ShapeFinder {
 public:
  ShapeFinder(const Tokens& tokens, uint32_t begin, const WantedFields& wanted)
      : tokens_(tokens), begin_(begin), wanted_(wanted) {
    seen_.assign(wanted.size(), false);
    held_.assign(wanted.size(), false);
  }

  RecordShape find(uint32_t token, uint32_t end) {
    if (object(token, wanted_.columns(), 0) == 0) return {};
    shape_.after = text_until(end);
    for (size_t field = 0; field < wanted_.size(); ++field)
      if (!held_[field]) shape_.missing.push_back(static_cast<int>(field));
    return std::move(shape_);
  }

 private:
  // From an opening brace to the token behind the closing one; 0 where there is no shape.
  uint32_t object(uint32_t token, const std::vector<int>& fields, int depth) {
    if (tokens_.kind(++token) == '}') return token + 1;
    for (;;) {
      token = member(token, fields, depth);
      if (token == 0 || tokens_.kind(token++) == '}') return token;
    }
  }

  // From a key to the token behind its value.
  uint32_t member(uint32_t token, const std::vector<int>& fields, int depth) {
    const auto key = tokens_.inside(token);
    token += 2;
    const char kind = tokens_.kind(token);
    if (kind == '[' || key.find('\\') != std::string_view::npos) return 0;
    const int field = wanted_.find(fields, key);
    if (field != WantedFields::none) {
      if (seen_[static_cast<size_t>(field)]) return 0;  // Of several the last would count.
      seen_[static_cast<size_t>(field)] = true;
      if (wanted_[static_cast<size_t>(field)].type == TypeId::structure)
        return structure(token, static_cast<size_t>(field), depth);
    }
    if (kind != '{') return value(token, field);
    return field == WantedFields::none && depth < deepest ? object(token, {}, depth + 1) : 0;
  }

  uint32_t structure(uint32_t token, size_t field, int depth) {
    if (tokens_.kind(token) != '{') return tokens_.span(token) == "null" ? token + 1 : 0;
    held_[field] = true;
    return depth < deepest ? object(token, wanted_[field].fields, depth + 1) : 0;
  }

  uint32_t value(uint32_t token, int field) {
    if (shape_.members.size() == most_members) return 0;
    auto type = TypeId::null;
    if (field != WantedFields::none) {
      type = wanted_[static_cast<size_t>(field)].type;
      if (!can_be_read_in_place(type)) return 0;
      held_[static_cast<size_t>(field)] = true;
    }
    shape_.members.push_back({text_until(tokens_.at[token]), field, type});
    begin_ = tokens_.at[token] + static_cast<uint32_t>(tokens_.span(token).size());
    return token + 1;
  }

  Literal text_until(uint32_t until) const {
    return Literal({tokens_.text + begin_, until - begin_});
  }

  const Tokens& tokens_;
  uint32_t begin_;  // Behind the last value.
  const WantedFields& wanted_;
  RecordShape shape_;
  std::vector<bool> seen_;
  std::vector<bool> held_;
};

}  // namespace

RecordShape RecordShape::of(const Tokens& tokens, uint32_t token, uint32_t begin, uint32_t end,
                            const WantedFields& wanted) {
  return ShapeFinder(tokens, begin, wanted).find(token, end);
}

}  // namespace millrace::json
