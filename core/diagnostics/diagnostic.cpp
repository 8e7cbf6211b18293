#include "core/diagnostics/diagnostic.hpp"

#include <algorithm>
#include <utility>

namespace millrace {

Diagnostic& Diagnostic::at(Span span, std::string text) {
  labels.push_back({span, std::move(text)});
  return *this;
}

Diagnostic& Diagnostic::note(std::string text) {
  notes.push_back(std::move(text));
  return *this;
}

Diagnostic& Diagnostic::help(std::string text) {
  helps.push_back(std::move(text));
  return *this;
}

Diagnostic& Diagnostics::error(const Code& code, std::string message) {
  return all_.emplace_back(Diagnostic{Severity::error, code, std::move(message), {}, {}, {}});
}

Diagnostic& Diagnostics::warning(const Code& code, std::string message) {
  return all_.emplace_back(Diagnostic{Severity::warning, code, std::move(message), {}, {}, {}});
}

std::size_t Diagnostics::error_count() const {
  return static_cast<std::size_t>(std::count_if(
      all_.begin(), all_.end(), [](const auto& one) { return one.severity == Severity::error; }));
}

std::size_t Diagnostics::warning_count() const { return all_.size() - error_count(); }

std::vector<const Diagnostic*> Diagnostics::sorted() const {
  std::vector<const Diagnostic*> result;
  result.reserve(all_.size());
  for (const Diagnostic& one : all_) result.push_back(&one);
  const auto earlier = [](const Diagnostic* left, const Diagnostic* right) {
    const Span a = left->place();
    const Span b = right->place();
    if (a.known() != b.known()) return a.known();
    return a < b;
  };
  std::stable_sort(result.begin(), result.end(), earlier);
  return result;
}

std::string join_quoted(const std::vector<std::string>& words) {
  std::string result;
  for (const std::string& word : words) {
    if (!result.empty()) result += ", ";
    result += '`' + word + '`';
  }
  return result;
}

}  // namespace millrace
