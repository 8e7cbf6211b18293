#pragma once
#include <string>
#include <string_view>

#include "millrace/error.hpp"

namespace millrace::postgres {

/// What a server, or the way to it, reports.
struct Report {
  std::string sqlstate;  ///< empty: the connection failed, not a statement
  std::string message;
  std::string detail;
  std::string hint;
  std::string context;  ///< "COPY totals, line 3, column n: ..."
};

/// An error with what its handling depends on.
class DatabaseError : public Error {
 public:
  /// `doing` comes first in the message: "cannot write to table ...".
  DatabaseError(const std::string& doing, Report from);

  /// Nothing is left of the transaction that an attempt from its beginning would not do again.
  bool passes() const { return retry == Retry::with_backoff; }

  Report report;
};

/// Who has to act, and whether trying again may help.
Blame blame_of(std::string_view sqlstate);
Retry retry_of(std::string_view sqlstate);

}  // namespace millrace::postgres
