#include "core/expression/json_path.hpp"

#include <charconv>

#include "core/expression/json_scanner.hpp"

namespace millrace {

JsonPath::JsonPath(std::string_view text, const Session&) {
  if (!text.starts_with('$')) return;
  text.remove_prefix(1);
  while (!text.empty())
    if (!add_step(text)) return;
  valid_ = true;
}

bool JsonPath::add_step(std::string_view& rest) {
  Step step;
  size_t end = 0;
  if (rest.starts_with("['")) {
    end = rest.find("']");
    if (end == std::string_view::npos) return false;
    step.name = rest.substr(2, end - 2);
    step.is_name = true;
    end += 2;
  } else if (rest.starts_with('[')) {
    end = rest.find(']');
    if (end == std::string_view::npos) return false;
    const auto inside = rest.substr(1, end - 1);
    step.all = inside == "*";
    if (!step.all) {
      const char* last = inside.data() + inside.size();
      const auto [stop, error] = std::from_chars(inside.data(), last, step.index);
      if (error != std::errc{} || stop != last || step.index < 0) return false;
    }
    ++end;
  } else if (rest.starts_with('.')) {
    end = std::min(rest.find_first_of(".[", 1), rest.size());
    step.name = rest.substr(1, end - 1);
    step.is_name = true;
    if (step.name.empty()) return false;
  } else {
    return false;
  }
  steps_.push_back(std::move(step));
  rest.remove_prefix(end);
  return true;
}

bool JsonPath::append(std::string_view json, Text& out) const {
  if (!valid_) return false;
  JsonScanner scanner(json);
  std::string found;
  int count = 0;
  if (!find(scanner, 0, found, count, false) || count == 0) return false;
  out.append(found);
  return true;
}

/// False where the text is not JSON. `count` is how many values were found; null is none.
bool JsonPath::find(JsonScanner& scanner, size_t at, std::string& found, int& count,
                    bool quoted) const {
  if (at == steps_.size()) {
    if (scanner.peek() == 'n') return scanner.skip();
    ++count;
    return !quoted && scanner.peek() == '"' ? scanner.string(found) : scanner.copy(found);
  }
  const auto& step = steps_[at];
  if (step.is_name && scanner.peek() == '{')
    return scanner.members([&](std::string_view key) {
      const bool wanted = count == 0 && (key == step.name || step.name == "*");
      return wanted ? find(scanner, at + 1, found, count, quoted) : scanner.skip();
    });
  if (step.is_name || scanner.peek() != '[') return scanner.skip();
  if (!step.all)
    return scanner.items([&](int64_t index) {
      return index == step.index ? find(scanner, at + 1, found, count, quoted) : scanner.skip();
    });
  std::string all;
  int matches = 0;
  const bool read = scanner.items([&](int64_t) {
    std::string one;
    int here = 0;
    if (!find(scanner, at + 1, one, here, true)) return false;
    if (here == 0) return true;
    if (matches > 0) all += ',';
    all += one;
    matches += here;
    return true;
  });
  if (matches == 0) return read;
  found += matches == 1 ? all : "[" + all + "]";
  ++count;
  return read;
}

}  // namespace millrace
