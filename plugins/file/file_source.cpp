#include "plugins/file/file_source.hpp"

#include <cerrno>
#include <sys/stat.h>

#include "plugins/file/directory_input.hpp"
#include "plugins/file/followed_input.hpp"
#include "plugins/file/line_reader.hpp"
#include "plugins/file/open_file.hpp"
#include "plugins/file/whole_file_input.hpp"

namespace millrace::file {
namespace {

struct SplitPath {
  std::string directory;
  std::string name;
};

SplitPath split(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

bool is_pattern(const std::string& name) { return name.find_first_of("*?[") != std::string::npos; }

}  // namespace

FileSource::FileSource(FileSourceSettings settings, Context context)
    : settings_(std::move(settings)), context_(context) {
  if (settings_.path.empty()) throw Error::user("`path` is empty").about("path");
  const auto path = split(settings_.path);
  if (is_pattern(path.directory))
    throw Error::user("only the last part of `path` may hold *, ? or [...]").about("path");
  if (is_pattern(path.name) && !settings_.pattern.empty())
    throw Error::user("`path` ends in a pattern already; leave `pattern` out").about("pattern");
  if (settings_.max_files_per_trigger < 0)
    throw Error::user("`max_files_per_trigger` must not be negative; 0 means no limit")
        .about("max_files_per_trigger");
}

Schema FileSource::schema() const { return line_schema(); }

Input& FileSource::input() {
  std::call_once(looked_, [this] { input_ = make_input(); });
  return *input_;
}

std::unique_ptr<Input> FileSource::make_input() const {
  const auto& path = settings_.path;
  const DirectoryLimits limits{settings_.max_files_per_trigger,
                               settings_.max_bytes_per_trigger.bytes};
  const auto parts = split(path);
  if (is_pattern(parts.name))
    return std::make_unique<DirectoryInput>(parts.directory, parts.name, limits);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw file_error("cannot read", path, errno);
  if (S_ISDIR(status.st_mode))
    return std::make_unique<DirectoryInput>(path, settings_.pattern, limits);
  if (!S_ISREG(status.st_mode))
    throw Error::user(path + " is neither a file nor a directory; for a pipe use type = \"stdin\"")
        .about("path");
  if (!settings_.pattern.empty())
    throw Error::user("`pattern` chooses files of a directory, and " + path + " is a file")
        .about("pattern");
  if (!settings_.follow) return std::make_unique<WholeFileInput>(path);
  return std::make_unique<FollowedInput>(path, limits.bytes,
                                         [context = context_] { return context.now_us(); });
}

bool FileSource::is_there() const {
  const auto parts = split(settings_.path);
  struct stat status {};
  return ::stat((is_pattern(parts.name) ? parts.directory : settings_.path).c_str(), &status) == 0;
}

std::string FileSource::latest(const std::string& position) {
  try {
    return input().latest(position);
  } catch (const Error& error) {
    // A path that never was there is a mistake. One that was read before may come back: a mount, a
    // folder that is replaced.
    if (position.empty() || is_there()) throw;
    throw Error::external(error.what());
  }
}

std::unique_ptr<Reader> FileSource::open(const Range& range, const std::vector<int>& columns) {
  return std::make_unique<LineReader>(input().path_of(range), range, input().first_line(range),
                                      LineOptions{settings_.header, settings_.skip_blank_lines},
                                      columns);
}

}  // namespace millrace::file
