#include <ostream>

#include "core/cli/exit_code.hpp"
#include "core/cli/verb.hpp"
#include "core/cli/verbs.hpp"
#include "core/expression/function_reference.hpp"

namespace millrace::cli {

Verb functions_verb() {
  return {"functions", "show the functions of expressions, with examples",
          "  millrace functions\n  millrace functions > docs/functions.md\n",
          [](FlagSet&, World& world) {
            return Action([&world] {
              world.out << function_reference();
              return exit_done;
            });
          }};
}

}  // namespace millrace::cli
