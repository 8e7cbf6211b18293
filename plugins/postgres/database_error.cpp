#include "plugins/postgres/database_error.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::postgres {
namespace {

struct Class {
  std::string_view prefix;  // of SQLSTATE: two characters for a class, five for one condition
  Blame blame;
  Retry retry;
};

// The first that fits. Appendix A of PostgreSQL's manual lists them all.
constexpr std::array classes{
    Class{"08", Blame::external, Retry::with_backoff},     // connection
    Class{"40", Blame::external, Retry::with_backoff},     // serialization failure, deadlock
    Class{"53", Blame::external, Retry::with_backoff},     // disk full, too many connections
    Class{"57P", Blame::external, Retry::with_backoff},    // shutting down, starting up
    Class{"57014", Blame::external, Retry::with_backoff},  // statement_timeout
    Class{"55P03", Blame::external, Retry::with_backoff},  // lock_timeout
    Class{"55006", Blame::external, Retry::with_backoff},  // in use
    Class{"25P0", Blame::external, Retry::with_backoff},   // a transaction that was ended
    Class{"25006", Blame::external, Retry::with_backoff},  // a standby, for now
    Class{"58", Blame::external, Retry::with_backoff},     // I/O errors of the server
    Class{"22", Blame::data, Retry::never},                // values that do not fit
    Class{"23", Blame::data, Retry::never},                // constraints
    Class{"44", Blame::data, Retry::never},                // a view's check option
    Class{"54", Blame::data, Retry::never},                // too large for an index or a page
    Class{"P0", Blame::data, Retry::never},                // what a trigger raises
    Class{"0A", Blame::user, Retry::never},                // not supported
    Class{"28", Blame::user, Retry::never},                // password, pg_hba.conf
    Class{"3", Blame::user, Retry::never},                 // no such database, schema
    Class{"42", Blame::user, Retry::never},                // privileges, names, types
    Class{"55", Blame::user, Retry::never},
};

const Class* class_of(std::string_view sqlstate) {
  const auto* found = std::ranges::find_if(
      classes, [&](const Class& each) { return sqlstate.starts_with(each.prefix); });
  return found == classes.end() ? nullptr : found;
}

std::string text_of(const std::string& doing, const Report& report) {
  std::string text = doing + ": " + report.message;
  if (!report.sqlstate.empty()) text += " (SQLSTATE " + report.sqlstate + ")";
  if (!report.detail.empty()) text += ". " + report.detail;
  if (!report.hint.empty()) text += " Hint: " + report.hint;
  if (report.sqlstate == "42501") text += ". GRANT it to the user that `dsn` names";
  return text;
}

}  // namespace

Blame blame_of(std::string_view sqlstate) {
  if (sqlstate.empty()) return Blame::external;
  const auto* found = class_of(sqlstate);
  return found == nullptr ? Blame::external : found->blame;
}

Retry retry_of(std::string_view sqlstate) {
  if (sqlstate.empty()) return Retry::with_backoff;
  const auto* found = class_of(sqlstate);
  return found == nullptr ? Retry::never : found->retry;
}

DatabaseError::DatabaseError(const std::string& doing, Report from)
    : Error(blame_of(from.sqlstate), retry_of(from.sqlstate), text_of(doing, from)),
      report(std::move(from)) {}

}  // namespace millrace::postgres
