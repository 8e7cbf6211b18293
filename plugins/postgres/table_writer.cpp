#include "plugins/postgres/table_writer.hpp"

#include <charconv>

#include "plugins/postgres/check_table.hpp"
#include "plugins/postgres/patience.hpp"

namespace millrace::postgres {
namespace {

// The line that "COPY totals, line 3, column n: ..." speaks of; 0 for none.
int64_t line_of(const std::string& context) {
  constexpr std::string_view before = ", line ";
  const auto at = context.find(before);
  int64_t line = 0;
  if (context.starts_with("COPY ") && at != std::string::npos)
    std::from_chars(context.data() + at + before.size(), context.data() + context.size(), line);
  return line;
}

// `given`: how many rows of the epoch came before those that the writer is being given.
Error blamed_on(int64_t row, int64_t given, const DatabaseError& error, const std::string& words) {
  return Error::data(std::string(error.what()) + "; row " + std::to_string(row) + " of the epoch" +
                     (words.empty() ? "" : ": " + words))
      .at_row(row - given);
}

}  // namespace

TableWriter::TableWriter(const SinkSettings& settings, Context context, const Schema& rows,
                         OutputMode mode)
    : settings_(settings),
      context_(context),
      rows_(rows),
      mode_(mode),
      connection_(settings, context),
      notes_(parse_name(settings.epochs_table, "epochs_table"), context) {}

// Runs it again from its beginning while what is in the way may pass.
template <class Attempt>
void TableWriter::persevere(Attempt&& attempt) {
  Patience patience(settings_.retry_timeout.microseconds, context_);
  for (bool first = true;; first = false) {
    try {
      attempt();
      if (!first) context_.info(connection_.place() + " works again");
      return;
    } catch (const DatabaseError& error) {
      connection_.roll_back();
      if (!error.passes()) throw;
      if (first) context_.warn(std::string(error.what()) + "; trying again");
      if (!patience.pause()) throw;
    } catch (const Error&) {
      connection_.roll_back();
      throw;
    }
  }
}

void TableWriter::require_session() {
  if (connection_.is_open()) return;
  connection_.open();
  try {
    open_table();
  } catch (const Error&) {
    connection_.close();
    throw;
  }
}

// Once per session: meanwhile the table may have become another.
void TableWriter::open_table() {
  const auto name = parse_name(settings_.table, "table");
  auto table = look_up(connection_, name, settings_.key, mode_);
  if (!table && settings_.create_table) {
    create(connection_, name, rows_, settings_.key);
    table = look_up(connection_, name, settings_.key, mode_);
  }
  if (!table)
    throw Error::user(connection_.place() + ": there is no table " + name.sql() +
                      ". Set create_table = true, or run: " +
                      create_statement(name, rows_, settings_.key, connection_.server_version()));
  for (const auto& remark : check(*table, rows_, settings_.key, mode_)) context_.warn(remark);
  const auto columns = written_columns(*table, rows_);
  statements_ = statements_for(mode_, table->name, columns, settings_.key);
  if (!statements_.prepare.empty()) connection_.run(statements_.prepare);
  if (!text_) text_.emplace(columns, mode_ == OutputMode::update);
  newest_ = notes_.open(connection_, table->name);
}

bool TableWriter::open(Epoch epoch) {
  if (state_ == State::sending) connection_.roll_back();  // Of an epoch that failed.
  epoch_ = epoch;
  state_ = State::gathering;
  persevere([&] { require_session(); });
  text_->restart();
  given_ = 0;
  return !newest_ || *newest_ < epoch;
}

void TableWriter::write(const Batch& rows, const Column* /*payloads*/) {
  if (state_ == State::written) return;
  given_ = text_->rows();
  text_->add(rows);
  if (text_->text().size() < static_cast<size_t>(settings_.batch_size.bytes)) return;
  if (state_ == State::gathering)
    persevere([&] {
      begin();
      send();
    });
  else
    send();
  text_->clear();
}

// Leaves the state as `written` where the table has the epoch already.
void TableWriter::begin() {
  require_session();
  connection_.run("BEGIN");
  if (!notes_.claim(connection_, epoch_)) {
    connection_.roll_back();
    state_ = State::written;
    return;
  }
  if (!statements_.begin.empty()) connection_.run(statements_.begin);
}

void TableWriter::send() {
  if (state_ == State::written) return;
  try {
    if (!text_->empty()) connection_.copy(statements_.copy, text_->text());
  } catch (const DatabaseError& error) {
    const auto line = error.blame == Blame::data ? line_of(error.report.context) : 0;
    if (line == 0) throw;
    throw blamed_on(text_->rows_before() + line - 1, given_, error, text_->in_words(line));
  }
  state_ = State::sending;
}

// The server says what is wrong with the rows that it has gathered, but not with which.
void TableWriter::finish() {
  connection_.run("SAVEPOINT gathered");
  try {
    connection_.run(statements_.finish, {"0", std::to_string(text_->rows())});
  } catch (const DatabaseError& error) {
    if (error.blame != Blame::data) throw;
    connection_.run("ROLLBACK TO gathered");
    throw blamed_on(first_refused(), given_, error, "");
  }
}

int64_t TableWriter::first_refused() {
  int64_t from = 0;
  int64_t to = text_->rows();
  while (to - from > 1) {
    const auto middle = from + (to - from) / 2;
    (takes(from, middle) ? from : to) = middle;
  }
  return from;
}

// Takes it back, whatever the answer.
bool TableWriter::takes(int64_t from, int64_t to) {
  bool taken = true;
  try {
    connection_.run(statements_.finish, {std::to_string(from), std::to_string(to)});
  } catch (const DatabaseError& error) {
    if (error.blame != Blame::data) throw;
    taken = false;
  }
  connection_.run("ROLLBACK TO gathered");
  return taken;
}

void TableWriter::commit() {
  if (!statements_.finish.empty()) finish();
  connection_.run("COMMIT");
}

void TableWriter::close(const Error* cause) {
  if (cause != nullptr) {
    if (state_ == State::sending) connection_.roll_back();
    return;
  }
  given_ = 0;
  if (state_ == State::gathering) {
    if (text_->empty() && mode_ != OutputMode::complete) return;
    persevere([&] {
      state_ = State::gathering;
      begin();
      if (state_ == State::written) return;
      send();
      commit();
    });
  } else if (state_ == State::sending) {
    try {
      send();
      commit();
    } catch (const DatabaseError& error) {
      connection_.roll_back();
      find_out(error);
    }
  }
  newest_ = epoch_;
  state_ = State::gathering;
}

void TableWriter::find_out(const DatabaseError& cause) {
  if (!cause.passes() || !notes_.are_kept()) throw cause;
  persevere([&] { require_session(); });
  if (!newest_ || *newest_ < epoch_) throw cause;
}

}  // namespace millrace::postgres
