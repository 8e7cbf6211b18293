#include "plugins/file/file_sink.hpp"

#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "plugins/file/appended_file.hpp"
#include "plugins/file/open_file.hpp"

namespace millrace::file {
namespace {

namespace fs = std::filesystem;

std::string directory_of(const std::string& path, bool one_file) {
  if (!one_file)
    return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  const auto above = fs::path(path).parent_path().string();
  return above.empty() ? "." : above;
}

std::string with_dot(const std::string& extension) {
  return extension.empty() || extension.starts_with('.') ? extension : "." + extension;
}

class FileWriter final : public Writer {
 public:
  FileWriter(FileSink& sink, int partition) : sink_(sink), partition_(partition) {}

  bool open(Epoch epoch) override {
    epoch_ = epoch;
    return true;
  }
  void write(const Batch&, const Column* payloads) override {
    if (payloads->length == 0) return;
    if (part_ == nullptr) part_ = sink_.open_part(epoch_, partition_);
    for (int64_t row = 0; row < payloads->length; ++row) part_->append_line(payloads->text(row));
  }
  void close(const Error* cause) override {
    const auto part = std::move(part_);
    if (part == nullptr) return;
    if (cause != nullptr) return part->remove();
    part->finish();
    sink_.add_part(epoch_, partition_, part->size());
  }

 private:
  FileSink& sink_;
  int partition_;
  Epoch epoch_ = 0;
  std::unique_ptr<PartFile> part_;
};

}  // namespace

FileSink::FileSink(FileSinkSettings settings, Context context, const Schema&, OutputMode mode)
    : settings_(std::move(settings)),
      context_(context),
      replaces_(mode == OutputMode::complete),
      one_file_(fs::path(settings_.path).has_extension()),
      directory_(directory_of(settings_.path, one_file_),
                 one_file_ ? fs::path(settings_.path).filename().string() + ".part" : "part",
                 one_file_ ? "" : with_dot(settings_.extension)) {
  if (settings_.path.empty()) throw Error::user("`path` is empty").about("path");
  if (settings_.extension.find('/') != std::string::npos)
    throw Error::user("`extension` is the end of a file's name, such as \"csv\"")
        .about("extension");
}

std::unique_ptr<Writer> FileSink::open_writer(int partition) {
  return std::make_unique<FileWriter>(*this, partition);
}

std::unique_ptr<PartFile> FileSink::open_part(Epoch epoch, int partition) {
  {
    const std::lock_guard lock(mutex_);
    make_directories(directory_.path());
  }
  auto part =
      std::make_unique<PartFile>(directory_.hidden_path(directory_.name_of(epoch, partition)));
  if (!one_file_ && !settings_.header_line.empty()) part->append_line(settings_.header_line);
  return part;
}

void FileSink::add_part(Epoch epoch, int partition, int64_t size) {
  const std::lock_guard lock(mutex_);
  parts_.push_back({directory_.name_of(epoch, partition), size});
}

std::string FileSink::prepare(Epoch) {
  const std::lock_guard lock(mutex_);
  auto parts = std::exchange(parts_, {});
  std::ranges::sort(parts, {}, &Part::name);
  auto receipt = nlohmann::json{{"parts", nlohmann::json::array()}};
  for (const auto& part : parts)
    receipt["parts"].push_back({{"name", part.name}, {"size", part.size}});
  if (!parts.empty()) sync_directory(directory_.path());
  if (one_file_) receipt["length"] = replaces_ ? 0 : length_of(settings_.path);
  return receipt.dump();
}

void FileSink::commit(Epoch epoch, std::string_view receipt) {
  std::vector<Part> parts;
  int64_t length = 0;
  try {
    const auto json = nlohmann::json::parse(receipt);
    for (const auto& part : json.at("parts")) parts.push_back({part.at("name"), part.at("size")});
    if (one_file_) length = json.at("length");
  } catch (const nlohmann::json::exception&) {
    throw Error::user("the checkpoint's receipt for epoch " + std::to_string(epoch) +
                      " is not one for " + settings_.path +
                      "; `path` was another before: set it back, or start with a new checkpoint")
        .about("path");
  }
  if (!one_file_) {
    for (const auto& name : directory_.show(parts))
      context_.warn(directory_.visible_path(name) + " of epoch " + std::to_string(epoch) +
                    " was written before and is not there any more; it is not written again");
    return;
  }
  const auto head = settings_.header_line.empty() ? "" : settings_.header_line + "\n";
  if (!parts.empty()) append_parts(settings_.path, length, head, parts, directory_, replaces_);
}

void FileSink::abort(Epoch epoch) {
  {
    const std::lock_guard lock(mutex_);
    parts_.clear();
  }
  directory_.remove_hidden(epoch);
}

}  // namespace millrace::file
