#pragma once
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "plugins/postgres/sink.hpp"
#include "tests/support/plugin/fake_host.hpp"

namespace millrace::postgres {

// A session of the test itself.
class Session {
 public:
  explicit Session(const std::string& dsn) : handle_(PQconnectdb(dsn.c_str()), PQfinish) {
    if (PQstatus(handle_.get()) != CONNECTION_OK)
      throw std::runtime_error(PQerrorMessage(handle_.get()));
    PQsetNoticeProcessor(
        handle_.get(), [](void*, const char*) {}, nullptr);
    run("SET TimeZone = 'UTC'");
  }
  // Rows as "a|b", each with a newline.
  std::string run(const std::string& sql) {
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(handle_.get(), sql.c_str()),
                                                                PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
      throw std::runtime_error(PQerrorMessage(handle_.get()));
    std::string text;
    for (int row = 0; row < PQntuples(result.get()); ++row)
      for (int column = 0; column < PQnfields(result.get()); ++column) {
        const bool null = PQgetisnull(result.get(), row, column) != 0;
        text += null ? "NULL" : PQgetvalue(result.get(), row, column);
        text += column + 1 == PQnfields(result.get()) ? '\n' : '|';
      }
    return text;
  }

 private:
  std::unique_ptr<PGconn, void (*)(PGconn*)> handle_;
};

// What ctest's server wrote down of itself.
inline std::string server_file(const std::string& name) {
  const char* build = std::getenv("MILLRACE_BUILD");
  std::string line;
  if (build == nullptr || !std::getline(std::ifstream(build + ("/postgres/" + name)), line))
    throw std::runtime_error("no PostgreSQL: run this test by ctest, which starts one");
  return line;
}

inline Error failure(const std::function<void()>& run) {
  try {
    run();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing failed";
  return Error::internal("");
}

struct Total {
  std::string key;  // "-" is NULL
  int64_t n;
};

inline const Schema& totals_schema() {
  static const Schema schema{
      {{"key", TypeId::string}, {"offset", TypeId::int64, true}, {"n", TypeId::int64}}};
  return schema;
}

inline Batch totals(const std::vector<Total>& rows) {
  ColumnBuilder key(TypeId::string);
  ColumnBuilder offset(TypeId::int64);
  ColumnBuilder n(TypeId::int64);
  for (const auto& row : rows) {
    if (row.key == "-")
      key.append_null();
    else
      key.append_bytes(row.key);
    offset.append(int64_t{0});
    n.append(row.n);
  }
  std::vector<Column> columns;
  columns.push_back(key.finish());
  columns.push_back(offset.finish());
  columns.push_back(n.finish());
  return {std::make_shared<const Schema>(totals_schema()), std::move(columns),
          static_cast<int64_t>(rows.size())};
}

// A schema of its own for each test, on the server that all of them share.
class RealPostgres : public ::testing::Test {
 protected:
  RealPostgres() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    space = test->name();
    for (char& c : space) c = static_cast<char>(std::tolower(c));
    admin.run("DROP SCHEMA IF EXISTS " + space + " CASCADE; CREATE SCHEMA " + space +
              " AUTHORIZATION millrace");
    settings.dsn = server_file("dsn");
    settings.table = space + ".totals";
    settings.create_table = true;
    settings.retry_timeout = {20'000'000};
    host.set_job("job-1");
  }
  ~RealPostgres() override { admin.run("DROP SCHEMA IF EXISTS " + space + " CASCADE"); }

  std::unique_ptr<Writer> writer(OutputMode mode, const Schema& schema = totals_schema()) {
    sinks.push_back(std::make_unique<PostgresSink>(settings, host.context(), schema, mode));
    return sinks.back()->open_writer(0);
  }
  static bool write(Writer& writer, Epoch epoch, const std::vector<Batch>& batches) {
    if (!writer.open(epoch)) return false;
    try {
      for (const auto& batch : batches) writer.write(batch, nullptr);
    } catch (const Error& error) {
      writer.close(&error);
      throw;
    }
    writer.close(nullptr);
    return true;
  }
  std::string sql(const std::string& query) { return admin.run(query); }
  std::string rows() { return sql("SELECT key, n FROM " + space + ".totals ORDER BY key, n"); }
  // Ends what the sink's session does, as a restart of the server would.
  void end_sessions() {
    sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE "
        "'millrace %'");
  }
  std::string password() const {
    const auto at = settings.dsn.find("password=") + 9;
    return settings.dsn.substr(at, settings.dsn.find(' ', at) - at);
  }

  Session admin{server_file("admin")};
  std::string space;
  millrace::testing::FakeHost host;
  SinkSettings settings;
  std::vector<std::unique_ptr<PostgresSink>> sinks;
};

}  // namespace millrace::postgres
