#include "plugins/postgres/settings.hpp"

#include <algorithm>

#include "plugins/postgres/connection.hpp"
#include "plugins/postgres/names.hpp"

namespace millrace::postgres {

std::vector<Setting<SinkSettings>> SinkSettings::list() {
  using S = SinkSettings;
  return {
      {"dsn", &S::dsn, required | secret,
       "The server and who asks, as libpq has it: \"host=db user=etl password=${PG_PASSWORD} "
       "dbname=sales\", or a URI. What it leaves out comes from PGHOST, PGPASSFILE and so on."},
      {"table", &S::table, required,
       "The table, perhaps with its schema: \"sales.totals\". Names in double quotes keep their "
       "case, others are folded to lower case, as in SQL."},
      {"key", &S::key, optional,
       "output_mode = \"update\": the columns that tell which row is replaced; the table needs a "
       "unique index on them."},
      {"create_table", &S::create_table, optional,
       "Whether to create the table where it is missing, with a column for each of the result."},
      {"epochs_table", &S::epochs_table, optional,
       "Where the newest epoch of each sink is noted, in the table's schema if not told otherwise. "
       "Created where it is missing."},
      {"connect_timeout", &S::connect_timeout, optional, "How long one attempt to connect takes."},
      {"statement_timeout", &S::statement_timeout, optional,
       "How long one statement may take, the wait for locks included; \"0 seconds\": for ever."},
      {"retry_timeout", &S::retry_timeout, optional,
       "How long to go on trying when the server is away or ends a transaction."},
      {"batch_size", &S::batch_size, optional,
       "How much of an epoch is gathered before it is sent; what is not sent yet can be sent again "
       "when the connection breaks."},
  };
}

namespace {

void check_key(const SinkSettings& settings, const Schema& rows, OutputMode mode) {
  if (mode == OutputMode::update && settings.key.empty())
    throw Error::user(
        "output_mode = \"update\" needs the columns that tell which row is replaced: key = "
        "[\"column\", ...]")
        .about("key");
  if (mode != OutputMode::update && !settings.key.empty() && !settings.create_table)
    throw Error::user(
        "rows are only replaced with output_mode = \"update\"; elsewhere a key is that "
        "of a table that create_table creates")
        .about("key");
  for (const auto& name : settings.key) {
    const int at = rows.index_of(name);
    if (at < 0 || rows[static_cast<size_t>(at)].hidden)
      throw Error::user("the rows have no column \"" + name + "\"").about("key");
    if (std::ranges::count(settings.key, name) > 1)
      throw Error::user("column \"" + name + "\" is named twice").about("key");
    if (rows[static_cast<size_t>(at)].type.is_nested())
      throw Error::user("column \"" + name + "\" is " +
                        with_article(rows[static_cast<size_t>(at)].type) +
                        ", which cannot tell rows apart")
          .about("key");
  }
}

}  // namespace

void check(const SinkSettings& settings, const Schema& rows, OutputMode mode) {
  check_dsn(settings.dsn);
  parse_name(settings.table, "table");
  parse_name(settings.epochs_table, "epochs_table");
  for (const auto& field : rows.fields)
    if (field.name.empty() || field.name.size() > 63 || field.name.find('\0') != std::string::npos)
      throw Error::user("column \"" + field.name +
                        "\" cannot be a column of PostgreSQL, whose names have 1 to 63 bytes; "
                        "rename it in a select");
  check_key(settings, rows, mode);
  if (settings.connect_timeout.microseconds <= 0)
    throw Error::user("this leaves no time to connect").about("connect_timeout");
  if (settings.statement_timeout.microseconds < 0)
    throw Error::user("a timeout is not less than 0").about("statement_timeout");
  if (settings.retry_timeout.microseconds < 0)
    throw Error::user("a timeout is not less than 0").about("retry_timeout");
  if (settings.batch_size.bytes <= 0)
    throw Error::user("a batch has at least one byte").about("batch_size");
}

}  // namespace millrace::postgres
