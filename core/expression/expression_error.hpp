#pragma once
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace millrace {

/// What is wrong with an expression's text: where it is (bytes [begin, end) of the text), what is
/// wrong, and what to do about it. `kind` chooses the diagnostic's code.
class ExpressionError : public std::runtime_error {
 public:
  enum class Kind {
    syntax,
    unknown_column,
    unknown_function,
    unknown_type,
    type,
    aggregate,
    unsupported
  };

  ExpressionError(Kind what_kind, const std::string& text, size_t from, size_t to,
                  std::string way_out = {})
      : std::runtime_error(text),
        kind(what_kind),
        message(text),
        begin(from),
        end(to),
        help(std::move(way_out)) {}

  Kind kind;
  std::string message;
  size_t begin;
  size_t end;
  std::string help;  ///< empty where there is nothing to advise
};

}  // namespace millrace
