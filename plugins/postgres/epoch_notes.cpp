#include "plugins/postgres/epoch_notes.hpp"

#include <charconv>

namespace millrace::postgres {

std::optional<Epoch> EpochNotes::open(Connection& connection, const TableName& target) {
  if (!are_kept()) return std::nullopt;
  if (table_.schema.empty()) table_.schema = target.schema;
  if (connection.run("SELECT to_regclass($1)", {table_.sql()}).is_null(0, 0)) create(connection);
  const auto found =
      connection.run("SELECT epoch FROM " + table_.sql() + " WHERE job = $1 AND sink = $2",
                     {std::string(context_.job()), std::string(context_.component())});
  if (found.rows() == 0) return std::nullopt;
  Epoch epoch = 0;
  const auto text = found.text(0, 0);
  std::from_chars(text.data(), text.data() + text.size(), epoch);
  return epoch;
}

void EpochNotes::create(Connection& connection) {
  const std::string statement =
      "CREATE TABLE IF NOT EXISTS " + table_.sql() +
      " (job text, sink text, epoch bigint NOT NULL, written_at timestamp "
      "with time zone NOT NULL DEFAULT now(), PRIMARY KEY (job, sink))";
  try {
    connection.run("BEGIN; SELECT pg_advisory_xact_lock(7308616298541671781); " + statement +
                   "; COMMIT");
  } catch (const DatabaseError& error) {
    if (error.report.sqlstate != "42501") throw;
    throw Error::user(
        connection.place() + ": may not create the table in which epochs are noted (" +
        error.report.message + "). Have its owner run: " + statement +
        "; GRANT SELECT, INSERT, UPDATE ON " + table_.sql() + " TO the user that `dsn` names");
  }
}

bool EpochNotes::claim(Connection& connection, Epoch epoch) {
  if (!are_kept()) return true;
  const auto claimed = connection.run(
      "INSERT INTO " + table_.sql() +
          " AS noted (job, sink, epoch) VALUES ($1, $2, $3) ON CONFLICT (job, sink) DO UPDATE SET "
          "epoch = excluded.epoch, written_at = now() WHERE noted.epoch < excluded.epoch",
      {std::string(context_.job()), std::string(context_.component()), std::to_string(epoch)});
  return claimed.affected() == 1;
}

}  // namespace millrace::postgres
