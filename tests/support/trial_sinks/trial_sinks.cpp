// Sinks of a user's own, as tests need them: they keep a journal of what they are asked, refuse
// rows, fail and recover when told to, and complain where an epoch comes again with other rows.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <string>

#include <millrace/sdk.hpp>

namespace {

using millrace::Batch;
using millrace::Context;
using millrace::Epoch;
using millrace::Error;
using millrace::Row;

struct Settings {
  std::string path;
  std::string reject;
  int64_t failures = 0;
  bool again = false;
  bool in_pieces = false;
  bool says_row = false;
};

// Failures yet to come, by folder: a sink that was made anew does not fail anew.
bool fails_now(const Settings& settings) {
  static std::mutex mutex;
  static std::map<std::string, int64_t> failed;
  const std::lock_guard lock(mutex);
  return failed[settings.path]++ < settings.failures;
}

// journal.txt: one line per call. part-EPOCH-PARTITION.jsonl: the rows of a closed epoch; with
// `in_pieces`, part-all.jsonl: rows as they come.
class Folder {
 public:
  explicit Folder(const Settings& settings) : settings_(settings) {
    std::filesystem::create_directories(settings.path);
  }

  void note(const std::string& line) const {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    std::ofstream(settings_.path + "/journal.txt", std::ios::app) << line << '\n';
  }

  std::string part(int64_t partition, Epoch epoch) const {
    return settings_.path + "/part-" + std::to_string(epoch) + "-" + std::to_string(partition) +
           ".jsonl";
  }
  bool has(int64_t partition, Epoch epoch) const {
    return !settings_.again && std::filesystem::exists(part(partition, epoch));
  }

  void publish(int64_t partition, Epoch epoch, const std::string& rows) const {
    if (settings_.in_pieces) {
      std::ofstream(settings_.path + "/part-all.jsonl", std::ios::app) << rows;
      return;
    }
    const auto path = part(partition, epoch);
    if (std::filesystem::exists(path)) {
      std::stringstream before;
      before << std::ifstream(path).rdbuf();
      if (before.str() != rows) throw Error::internal(path + " comes again with other rows");
      return note("again " + std::to_string(partition) + " " + std::to_string(epoch));
    }
    std::ofstream(path + ".tmp", std::ios::trunc) << rows;
    std::filesystem::rename(path + ".tmp", path);
  }

  bool refuses(const std::string& text) const {
    for (size_t from = 0; from < settings_.reject.size();) {
      const auto to = std::min(settings_.reject.find(' ', from), settings_.reject.size());
      if (text.find(settings_.reject.substr(from, to - from)) != std::string::npos) return true;
      from = to + 1;
    }
    return false;
  }
  std::string text_of(const Row& row) const {
    auto text = row.to_json();
    if (!refuses(text)) return text + "\n";
    const auto error = Error::data("not wanted");
    throw settings_.says_row ? error.at_row(row.index()) : error;
  }

 private:
  const Settings& settings_;
};

class TrialWriter final : public millrace::ForeachWriter {
 public:
  TrialWriter(const Settings& settings, const Context&) : settings_(settings), folder_(settings_) {}

  bool open(int64_t partition, Epoch epoch) override {
    partition_ = partition;
    epoch_ = epoch;
    rows_.clear();
    const bool wanted = !folder_.has(partition, epoch);
    note(wanted ? "open" : "skip");
    return wanted;
  }
  void process(const Row& row) override {
    if (fails_now(settings_)) throw Error::external("no answer");
    rows_ += folder_.text_of(row);
  }
  void close(const Error* cause) override {
    note(cause == nullptr ? "close" : "give_up");
    if (cause == nullptr) folder_.publish(partition_, epoch_, rows_);
  }

 private:
  void note(const std::string& call) const {
    folder_.note(call + " " + std::to_string(partition_) + " " + std::to_string(epoch_));
  }

  Settings settings_;
  Folder folder_;
  int64_t partition_ = 0;
  Epoch epoch_ = 0;
  std::string rows_;
};

// Takes columns, and does not say which row it refuses.
class TrialColumns final : public millrace::Sink {
 public:
  TrialColumns(Settings settings, const Context&, const millrace::Schema&, millrace::OutputMode)
      : settings_(std::move(settings)) {}
  std::unique_ptr<millrace::Writer> open_writer(int partition) override {
    return std::make_unique<ColumnWriter>(settings_, partition);
  }

 private:
  class ColumnWriter final : public millrace::Writer {
   public:
    ColumnWriter(const Settings& settings, int partition)
        : folder_(settings), partition_(partition) {}
    bool open(Epoch epoch) override {
      epoch_ = epoch;
      rows_.clear();
      return !folder_.has(partition_, epoch);
    }
    void write(const Batch& rows, const millrace::Column*) override {
      folder_.note("write " + std::to_string(rows.size()) + " " + std::to_string(epoch_));
      for (const Row row : rows) rows_ += folder_.text_of(row);
    }
    void close(const Error* cause) override {
      if (cause == nullptr) folder_.publish(partition_, epoch_, rows_);
    }

   private:
    Folder folder_;
    int partition_;
    Epoch epoch_ = 0;
    std::string rows_;
  };

  Settings settings_;
};

// Says no more of a row that it refuses than that there is one, unless it is told to.
class TrialBatch final : public millrace::BatchSink {
 public:
  TrialBatch(const Settings& settings, const Context&) : settings_(settings), folder_(settings_) {}

  void write(const Batch& rows, Epoch epoch) override {
    std::string text;
    for (const Row row : rows) text += folder_.text_of(row);
    folder_.note("write " + std::to_string(rows.size()) + " " + std::to_string(epoch));
    folder_.publish(0, epoch, text);
  }

 private:
  Settings settings_;
  Folder folder_;
};

std::vector<millrace::Setting<Settings>> settings() {
  return {{"path", &Settings::path, millrace::required, "The folder."},
          {"reject", &Settings::reject, 0, "Rows with one of these words are refused."},
          {"failures", &Settings::failures, 0, "So many rows fail at first, in this process."},
          {"again", &Settings::again, 0, "Takes an epoch again, to see whether it is the same."},
          {"in_pieces", &Settings::in_pieces, 0, "Takes an epoch in several pieces."},
          {"says_row", &Settings::says_row, 0, "Says which row it refuses."}};
}

}  // namespace

MILLRACE_PLUGIN(
    "trial", "1.0.0",
    millrace::foreach_writer<TrialWriter, Settings>("trial_idempotent",
                                                    "Knows the epochs that it has.", settings(),
                                                    millrace::sink_idempotent),
    millrace::foreach_writer<TrialWriter, Settings>("trial", "Declares nothing.", settings()),
    millrace::sink<TrialColumns, Settings>("trial_columns", "Takes columns.", settings(),
                                           millrace::sink_idempotent),
    millrace::batch_sink<TrialBatch, Settings>("trial_batch", "Takes epochs whole.", settings()),
    millrace::batch_sink<TrialBatch, Settings>("trial_batch_idempotent",
                                               "Takes epochs whole, and knows them.", settings(),
                                               millrace::sink_idempotent));
