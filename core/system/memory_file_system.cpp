#include "core/system/memory_file_system.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "millrace/error.hpp"

#include "core/system/memory_node.hpp"

namespace millrace {
namespace {

std::string normal(const FileSystem::Path& path) {
  std::string text = path.lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

[[noreturn]] void fail(const char* action, const FileSystem::Path& path, const char* reason) {
  throw Error::external(std::string("cannot ") + action + " " + path.string() + ": " + reason);
}

}  // namespace

class MemoryFileSystem::Writer final : public WritableFile {
 public:
  Writer(MemoryFileSystem& files, std::shared_ptr<Node> node, Path path)
      : files_(files), node_(std::move(node)), path_(std::move(path)), life_(files.life_) {}

  void write(std::string_view bytes) override {
    const std::lock_guard lock(files_.mutex_);
    const std::optional<DiskFault> fault = begin();
    if (fault == DiskFault::no_space) node_->bytes.append(bytes.substr(0, bytes.size() / 2));
    files_.refuse(fault, "write", path_);
    if (fault != DiskFault::lie) node_->bytes.append(bytes);
  }

  void sync() override {
    const std::lock_guard lock(files_.mutex_);
    const std::optional<DiskFault> fault = begin();
    if (fault) node_->content_lost = true;
    files_.refuse(fault, "make durable", path_);
    if (!node_->content_lost) node_->durable_bytes = node_->bytes;
  }

  void close() override {
    const std::lock_guard lock(files_.mutex_);
    if (life_ != files_.life_) throw PowerLost{};
  }

 private:
  std::optional<DiskFault> begin() {
    if (life_ != files_.life_) throw PowerLost{};
    return files_.begin_operation();
  }

  MemoryFileSystem& files_;
  const std::shared_ptr<Node> node_;  // shared with the names that lead to it
  const Path path_;
  const std::uint64_t life_;
};

class MemoryFileSystem::Reader final : public ReadableFile {
 public:
  Reader(const MemoryFileSystem& files, std::shared_ptr<const Node> node, Path path)
      : files_(files), node_(std::move(node)), path_(std::move(path)), size_(node_->bytes.size()) {}

  std::uint64_t size() const override { return size_; }

  void read_at(std::uint64_t offset, char* to, std::size_t bytes) const override {
    const std::lock_guard lock(files_.mutex_);
    if (offset > node_->bytes.size() || bytes > node_->bytes.size() - offset) {
      fail("read", path_, "it ends before what is wanted");
    }
    std::memcpy(to, node_->bytes.data() + offset, bytes);
  }

 private:
  const MemoryFileSystem& files_;
  const std::shared_ptr<const Node> node_;  // shared with the names that lead to it
  const Path path_;
  const std::uint64_t size_;
};

class MemoryFileSystem::Lock final : public FileLock {
 public:
  Lock(MemoryFileSystem& files, std::string path)
      : files_(files), path_(std::move(path)), life_(files.life_) {}
  ~Lock() override {
    const std::lock_guard lock(files_.mutex_);
    if (life_ == files_.life_) files_.locked_.erase(path_);
  }

 private:
  MemoryFileSystem& files_;
  const std::string path_;
  const std::uint64_t life_;
};

MemoryFileSystem::MemoryFileSystem(std::int64_t now_us, std::uint32_t user)
    : now_us_(now_us), user_(user) {
  const auto root = std::make_shared<Node>();
  root->directory = true;
  root->mode = 0755;
  for (const char* path : {"/", "."}) {
    names_[path] = root;
    durable_names_[path] = root;
  }
}

MemoryFileSystem::~MemoryFileSystem() = default;

MemoryFileSystem::Node& MemoryFileSystem::existing(const Path& path, const char* action) const {
  const auto found = names_.find(normal(path));
  if (found == names_.end()) fail(action, path, "No such file or directory");
  return *found->second;
}

void MemoryFileSystem::require_parent(const std::string& path, const char* action) const {
  const Path parent = Path(path).parent_path();
  if (parent.empty()) return;
  const auto found = names_.find(parent.string());
  if (found == names_.end() || !found->second->directory) {
    fail(action, path, "No such file or directory");
  }
}

void MemoryFileSystem::apply(const NameChange& change, Names& names) {
  if (!change.remove.empty()) names.erase(change.remove);
  if (!change.add.empty()) names[change.add] = change.node;
}

void MemoryFileSystem::change(NameChange change) {
  apply(change, names_);
  pending_.push_back(std::move(change));
}

std::unique_ptr<WritableFile> MemoryFileSystem::create(const Path& path) {
  const std::lock_guard lock(mutex_);
  refuse(begin_operation(), "create", path);
  const std::string name = normal(path);
  require_parent(name, "create");
  if (names_.contains(name)) fail("create", path, "File exists");
  const auto node = std::make_shared<Node>();
  node->modified_us = now_us_;
  node->owner = user_;
  change({"", name, node});
  return std::make_unique<Writer>(*this, node, path);
}

std::unique_ptr<ReadableFile> MemoryFileSystem::open(const Path& path) const {
  const std::lock_guard lock(mutex_);
  if (existing(path, "open").directory) fail("open", path, "Is a directory");
  return std::make_unique<Reader>(*this, names_.at(normal(path)), path);
}

void MemoryFileSystem::rename(const Path& from, const Path& to) {
  const std::lock_guard lock(mutex_);
  refuse(begin_operation(), "rename to its final name", to);
  if (existing(from, "rename").directory) fail("rename", from, "Is a directory");
  const std::string target = normal(to);
  require_parent(target, "rename");
  change({normal(from), target, names_.at(normal(from))});
}

bool MemoryFileSystem::link(const Path& from, const Path& to) {
  const std::lock_guard lock(mutex_);
  refuse(begin_operation(), "link", to);
  if (existing(from, "link").directory) fail("link", from, "Is a directory");
  const std::string target = normal(to);
  require_parent(target, "link");
  if (names_.contains(target)) fail("link", to, "File exists");
  change({"", target, names_.at(normal(from))});
  return true;
}

void MemoryFileSystem::remove(const Path& path) {
  const std::lock_guard lock(mutex_);
  refuse(begin_operation(), "remove", path);
  const std::string name = normal(path);
  if (existing(path, "remove").directory) {
    const auto next = names_.upper_bound(name + "/");
    if (next != names_.end() && next->first.starts_with(name + "/")) {
      fail("remove", path, "Directory not empty");
    }
  }
  change({name, "", nullptr});
}

std::vector<std::string> MemoryFileSystem::list(const Path& directory) const {
  const std::lock_guard lock(mutex_);
  if (!existing(directory, "list").directory) fail("list", directory, "Not a directory");
  const std::string parent = normal(directory);
  std::vector<std::string> found;
  for (const auto& [path, node] : names_) {
    if (path != "/" && path != "." && Path(path).parent_path().string() == parent) {
      found.push_back(Path(path).filename().string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

void MemoryFileSystem::make_directories(const Path& directory) {
  const std::string name = normal(directory);
  if (name.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    const auto found = names_.find(name);
    if (found != names_.end() && !found->second->directory) {
      fail("create", directory, "Not a directory");
    }
    if (found != names_.end()) return;
  }
  const Path parent = Path(name).parent_path();
  make_directories(parent);
  {
    const std::lock_guard lock(mutex_);
    refuse(begin_operation(), "create", directory);
    const auto node = std::make_shared<Node>();
    node->directory = true;
    node->modified_us = now_us_;
    node->owner = user_;
    node->mode = 0700;
    change({"", name, node});
  }
  if (!parent.empty()) sync_directory(parent);
}

void MemoryFileSystem::sync_directory(const Path& directory) {
  const std::lock_guard lock(mutex_);
  refuse(begin_operation(), "make durable", directory);
  if (!existing(directory, "make durable").directory) {
    fail("make durable", directory, "Not a directory");
  }
  const std::string name = normal(directory);
  std::vector<NameChange> later;
  for (NameChange& waiting : pending_) {
    if (waiting.within(name)) {
      apply(waiting, durable_names_);
    } else {
      later.push_back(std::move(waiting));
    }
  }
  pending_ = std::move(later);
}

std::optional<FileStatus> MemoryFileSystem::status(const Path& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(normal(path));
  if (found == names_.end()) return std::nullopt;
  const Node& node = *found->second;
  return FileStatus{node.directory, node.bytes.size(), node.modified_us, node.owner, node.mode};
}

std::unique_ptr<FileLock> MemoryFileSystem::try_lock(const Path& path) {
  const std::lock_guard lock(mutex_);
  const std::string name = normal(path);
  require_parent(name, "lock");
  refuse(begin_operation(), "lock", path);
  if (locked_.contains(name)) return nullptr;
  if (!names_.contains(name)) {
    const auto node = std::make_shared<Node>();
    node->modified_us = now_us_;
    node->owner = user_;
    change({"", name, node});
  }
  names_.at(name)->bytes = "process 1 on memory\n";
  locked_.insert(name);
  return std::make_unique<Lock>(*this, name);
}

}  // namespace millrace
