#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "millrace/settings.hpp"
#include "millrace/sink.hpp"

#include "plugins/file/part_files.hpp"

namespace millrace::file {

struct FileSinkSettings {
  std::string path;
  std::string extension = "jsonl";
  std::string header_line;
};

// One line per row, shown when the epoch is committed: in part files of a directory, or appended to
// one file when `path` ends in a name with an extension.
//
// In complete mode every epoch's parts hold the whole result, and one file is written anew.
class FileSink final : public TransactionalSink {
 public:
  FileSink(FileSinkSettings settings, Context context, const Schema& rows, OutputMode mode);

  std::unique_ptr<Writer> open_writer(int partition) override;
  std::string prepare(Epoch epoch) override;
  void commit(Epoch epoch, std::string_view receipt) override;
  void abort(Epoch epoch) override;

  // For writers. The directory is made when the first row comes.
  std::unique_ptr<PartFile> open_part(Epoch epoch, int partition);
  void add_part(Epoch epoch, int partition, int64_t size);

 private:
  FileSinkSettings settings_;
  Context context_;
  bool replaces_;
  bool one_file_;
  PartDirectory directory_;
  std::mutex mutex_;
  std::vector<Part> parts_;  // Of the epoch being written, by name.
};

}  // namespace millrace::file
