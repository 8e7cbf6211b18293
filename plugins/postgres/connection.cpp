#include "plugins/postgres/connection.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <poll.h>

#include <libpq-fe.h>

#include "plugins/postgres/names.hpp"

namespace millrace::postgres {
namespace {

// How long to wait before looking whether the pipeline stops.
constexpr int slice_ms = 100;
// What is handed to libpq at once, which keeps what the socket does not take.
constexpr size_t copy_slice = 256 * 1024;

struct Parsed {
  explicit Parsed(const std::string& dsn)
      : options(PQconninfoParse(dsn.c_str(), &message), PQconninfoFree) {
    if (message != nullptr) PQfreemem(message);
  }
  char* message = nullptr;
  std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options;
};

std::string trimmed(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
    text.pop_back();
  return text;
}

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

Report report_of(const PGresult* result, const PGconn* connection) {
  Report report{field(result, PG_DIAG_SQLSTATE), field(result, PG_DIAG_MESSAGE_PRIMARY),
                field(result, PG_DIAG_MESSAGE_DETAIL), field(result, PG_DIAG_MESSAGE_HINT),
                field(result, PG_DIAG_CONTEXT)};
  if (report.message.empty()) report.message = trimmed(PQerrorMessage(connection));
  // A session that ended while a statement ran.
  if (PQstatus(connection) != CONNECTION_OK && blame_of(report.sqlstate) != Blame::external)
    report.sqlstate.clear();
  return report;
}

// "FATAL:  28P01: password authentication failed for user "x"", with lines that nobody needs. Where
// nothing connects, this text is all there is.
Report report_of_start(const PGconn* connection) {
  std::string text = trimmed(PQerrorMessage(connection));
  Report report;
  const auto is_code = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  for (size_t at = text.find(":  "); at != std::string::npos; at = text.find(":  ", at + 1)) {
    const auto code = std::string_view(text).substr(at + 3, 5);
    if (text.compare(at + 8, 2, ": ") != 0 || !std::ranges::all_of(code, is_code)) continue;
    report.sqlstate = code;
    text.erase(at + 1, 8);
    break;
  }
  for (size_t at = text.find("\nLOCATION:"); at != std::string::npos;
       at = text.find("\nLOCATION:", at))
    text.erase(at, text.find('\n', at + 1) - at);
  std::ranges::replace(text, '\n', ' ');
  const bool own_side = PQconnectionNeedsPassword(connection) != 0 ||
                        text.find("SSL") != std::string::npos ||
                        text.find("certificate") != std::string::npos;
  // libpq itself refuses: no password, or not the server it was told to expect.
  if (report.sqlstate.empty() && own_side) report.sqlstate = "28000";
  report.message = text;
  return report;
}

}  // namespace

void check_dsn(const std::string& dsn) {
  const Parsed parsed(dsn);
  if (parsed.options == nullptr)
    throw Error::user(
        "this is no connection string. Write \"host=HOST port=5432 dbname=NAME user=NAME "
        "password=${VARIABLE}\", values with blanks in single quotes, or a URI "
        "\"postgresql://USER@HOST:5432/NAME\" with %20 and the like for special characters")
        .about("dsn");
}

Result::Result(PGresult* result) : result_(result, PQclear) {}

int Result::rows() const { return PQntuples(result_.get()); }

std::string_view Result::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<size_t>(PQgetlength(result_.get(), row, column))};
}

bool Result::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

int64_t Result::affected() const {
  const std::string_view text = PQcmdTuples(result_.get());
  int64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

Connection::Connection(const SinkSettings& settings, Context context)
    : settings_(settings), context_(context), handle_(nullptr, PQfinish) {}

bool Connection::is_open() const { return handle_ && PQstatus(handle_.get()) == CONNECTION_OK; }

int Connection::server_version() const { return PQserverVersion(handle_.get()); }

void Connection::close() { handle_.reset(); }

void Connection::open() {
  start();
  wait_until_connected();
  require_connected();
  prepare_session();
}

void Connection::start() {
  const std::string name =
      "millrace " + std::string(context_.pipeline()) + "/" + std::string(context_.component());
  // What stands before `dbname` is what `dsn` may say otherwise. A peer that is gone is noticed
  // within half a minute.
  const std::array<const char*, 8> keywords{
      "fallback_application_name", "keepalives_idle", "keepalives_interval", "keepalives_count",
      "tcp_user_timeout",          "dbname",          "client_encoding",     nullptr};
  const std::array<const char*, 8> values{name.c_str(),          "10",   "5",    "4", "30000",
                                          settings_.dsn.c_str(), "UTF8", nullptr};
  handle_.reset(PQconnectStartParams(keywords.data(), values.data(), 1));
  if (!handle_) throw std::bad_alloc();
  PQsetErrorVerbosity(handle_.get(), PQERRORS_VERBOSE);  // with SQLSTATE, which is nowhere else
  PQsetNoticeProcessor(
      handle_.get(), [](void*, const char*) {}, nullptr);
}

void Connection::wait_until_connected() {
  int64_t left_us = settings_.connect_timeout.microseconds;
  auto* const handle = handle_.get();
  for (auto state = PGRES_POLLING_WRITING;;) {
    if (PQstatus(handle) == CONNECTION_BAD) return;
    pollfd socket{PQsocket(handle),
                  static_cast<short>(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    const int ready = ::poll(&socket, 1, slice_ms);
    if (context_.stop_requested()) refuse({"", "the pipeline is stopping", "", "", ""});
    if (ready == 0) {
      left_us -= slice_ms * 1000;
      if (left_us <= 0) refuse({"", "no answer within connect_timeout", "", "", ""});
      continue;
    }
    state = PQconnectPoll(handle);
    if (state == PGRES_POLLING_OK || state == PGRES_POLLING_FAILED) return;
  }
}

void Connection::require_connected() {
  const auto* handle = handle_.get();
  if (PQstatus(handle) == CONNECTION_OK) {
    place_ = "PostgreSQL at " + std::string(PQhost(handle)) + ":" + PQport(handle) + ", database " +
             PQdb(handle) + ", user " + PQuser(handle);
    PQsetErrorVerbosity(handle_.get(), PQERRORS_DEFAULT);
    return;
  }
  refuse(report_of_start(handle));
}

void Connection::prepare_session() {
  const auto timeout_ms = (settings_.statement_timeout.microseconds + 999) / 1000;
  // A commit that the server forgets when it crashes would be lost: the checkpoint goes on.
  run("SET standard_conforming_strings = on; SET TimeZone = 'UTC'; SET DateStyle = 'ISO';"
      "SET IntervalStyle = 'postgres'; SET idle_in_transaction_session_timeout = 0;"
      "SET default_transaction_isolation = 'read committed';"
      "SELECT set_config('synchronous_commit', 'on', false)"
      " WHERE current_setting('synchronous_commit') = 'off';"
      "SET statement_timeout = " +
      std::to_string(timeout_ms));
}

Result Connection::run(const std::string& sql, const std::vector<std::string>& parameters) {
  if (parameters.empty()) return checked(PQexec(handle_.get(), sql.c_str()));
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& each : parameters) values.push_back(each.c_str());
  return checked(PQexecParams(handle_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                              values.data(), nullptr, nullptr, 0));
}

void Connection::copy(const std::string& sql, std::string_view text) {
  auto* const handle = handle_.get();
  run(sql);
  bool taken = true;
  for (size_t at = 0; taken && at < text.size(); at += copy_slice) {
    const auto slice = text.substr(at, copy_slice);
    taken = PQputCopyData(handle, slice.data(), static_cast<int>(slice.size())) == 1;
  }
  if (taken) taken = PQputCopyEnd(handle, nullptr) == 1;
  if (!taken) refuse({"", trimmed(PQerrorMessage(handle)), "", "", ""});
  checked(PQgetResult(handle));
  // COPY has one result, and then none.
  while (PGresult* rest = PQgetResult(handle)) checked(rest);
}

Result Connection::checked(PGresult* result) {
  Result owned(result);
  const auto status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN)
    return owned;
  auto report = report_of(result, handle_.get());
  // The rest of what a failed COPY says, so that the session can be used again.
  while (is_open()) {
    auto* const rest = PQgetResult(handle_.get());
    if (rest == nullptr) break;
    PQclear(rest);
  }
  refuse(std::move(report));
}

void Connection::roll_back() {
  if (!is_open()) return close();
  const Result done(PQexec(handle_.get(), "ROLLBACK"));
  if (PQtransactionStatus(handle_.get()) != PQTRANS_IDLE) close();
}

void Connection::refuse(Report report) {
  report.message = redacted(std::move(report.message));
  report.detail = redacted(std::move(report.detail));
  report.hint = redacted(std::move(report.hint));
  report.context = redacted(std::move(report.context));
  throw DatabaseError(place_, std::move(report));
}

// A server does not repeat a password, but what stands in the way of one may.
std::string Connection::redacted(std::string text) const {
  const char* password = handle_ ? PQpass(handle_.get()) : nullptr;
  const std::string_view secret = password == nullptr ? "" : password;
  if (secret.size() < 4) return text;
  for (size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3))
    text.replace(at, secret.size(), "***");
  return text;
}

}  // namespace millrace::postgres
