#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/context.hpp"

#include "plugins/postgres/database_error.hpp"
#include "plugins/postgres/settings.hpp"

struct pg_conn;
struct pg_result;

namespace millrace::postgres {

/// Throws where libpq does not understand it. Its own message is kept back: it quotes the text.
void check_dsn(const std::string& dsn);

/// The rows that a statement gave.
class Result {
 public:
  explicit Result(pg_result* result);

  int rows() const;
  std::string_view text(int row, int column) const;
  bool is_true(int row, int column) const { return text(row, column) == "t"; }
  bool is_null(int row, int column) const;
  /// How many rows were written.
  int64_t affected() const;

 private:
  std::unique_ptr<pg_result, void (*)(pg_result*)> result_;
};

/// One session. Not thread-safe. What fails throws a DatabaseError; where the session is gone
/// after that, is_open() says so.
class Connection {
 public:
  /// `settings` outlive the connection.
  Connection(const SinkSettings& settings, Context context);

  bool is_open() const;
  /// Connects and prepares the session. Returns early, with an error, when the pipeline stops.
  void open();
  void close();

  /// Without parameters, `sql` may hold several statements.
  Result run(const std::string& sql, const std::vector<std::string>& parameters = {});
  /// `sql` is COPY ... FROM STDIN.
  void copy(const std::string& sql, std::string_view text);
  /// Ends a transaction that failed. Does not throw: a session that cannot do so is closed.
  void roll_back();

  /// For messages: "PostgreSQL at db:5432, database sales, user etl".
  const std::string& place() const { return place_; }
  int server_version() const;

 private:
  void start();
  void wait_until_connected();
  void require_connected();
  void prepare_session();
  Result checked(pg_result* result);
  [[noreturn]] void refuse(Report report);
  std::string redacted(std::string text) const;

  const SinkSettings& settings_;
  Context context_;
  std::unique_ptr<pg_conn, void (*)(pg_conn*)> handle_;
  std::string place_ = "PostgreSQL";
};

}  // namespace millrace::postgres
