#include <fstream>

#include <millrace/sdk.hpp>

struct Settings {
  std::string directory;
};

// Writes one JSON line per row. A file is named by partition and epoch and truncated when opened,
// so writing an epoch again changes nothing.
class JsonLinesWriter final : public millrace::ForeachWriter {
 public:
  JsonLinesWriter(const Settings& settings, const millrace::Context&)
      : directory_(settings.directory) {}

  bool open(int64_t partition, millrace::Epoch epoch) override {
    path_ = directory_ + "/part-" + std::to_string(partition) + "-epoch-" + std::to_string(epoch) +
            ".jsonl";
    file_.open(path_, std::ios::trunc);
    if (!file_) throw millrace::Error::external("cannot write " + path_);
    return true;
  }
  void process(const millrace::Row& row) override { file_ << row.to_json() << '\n'; }
  void close(const millrace::Error* cause) override {
    file_.close();
    if (!file_ && cause == nullptr) throw millrace::Error::external("cannot finish " + path_);
  }

 private:
  std::string directory_;
  std::string path_;
  std::ofstream file_;
};

MILLRACE_PLUGIN("jsonl", "1.0.0",
                millrace::foreach_writer<JsonLinesWriter, Settings>(
                    "jsonl", "Writes one JSON line per row.",
                    {{"directory", &Settings::directory, millrace::required,
                      "Where the part files go. The directory must exist."}}));
