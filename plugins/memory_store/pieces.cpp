#include "plugins/memory_store/pieces.hpp"

#include <cstring>

namespace millrace::memory_store {
namespace {

constexpr size_t piece_bytes = 240 * 1024;
constexpr uint8_t version = 1;

[[noreturn]] void refuse(const std::string& what) {
  throw Error::user("a state file of the memory store cannot be read: " + what +
                    "; restore the checkpoint from a copy, or start with a new `checkpoint` "
                    "directory");
}

}  // namespace

template <class Number>
void PieceBuilder::number(Number value) {
  bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void PieceBuilder::begin(Operation operation, int64_t bucket) {
  if (bytes_.empty()) number(version);
  number(operation);
  number(bucket);
}

void PieceBuilder::put(const Key& key, std::string_view value) {
  begin(Operation::put, key.bucket);
  number(key.hash);
  number(static_cast<uint32_t>(key.key.size));
  number(static_cast<uint32_t>(value.size()));
  bytes_.append(view(key.key));
  bytes_.append(value);
  end();
}

void PieceBuilder::erase(const Key& key) {
  begin(Operation::erase, key.bucket);
  number(key.hash);
  number(static_cast<uint32_t>(key.key.size));
  bytes_.append(view(key.key));
  end();
}

void PieceBuilder::evict(int64_t up_to) {
  begin(Operation::evict, up_to);
  end();
}

void PieceBuilder::end() {
  if (bytes_.size() >= piece_bytes) finish();
}

void PieceBuilder::finish() {
  if (!bytes_.empty()) writer_->append(bytes_);
  bytes_.clear();
}

PieceReader::PieceReader(std::string_view bytes) : bytes_(bytes) {
  const auto found = number<uint8_t>();
  if (found != version)
    refuse("it has version " + std::to_string(found) + ", this release reads version " +
           std::to_string(version));
}

std::string_view PieceReader::take(size_t size) {
  if (size > bytes_.size()) refuse("it ends in the middle of an entry");
  const auto taken = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return taken;
}

template <class Number>
Number PieceReader::number() {
  Number value;
  std::memcpy(&value, take(sizeof value).data(), sizeof value);
  return value;
}

std::optional<Change> PieceReader::next() {
  if (bytes_.empty()) return std::nullopt;
  const auto operation = number<uint8_t>();
  if (operation < 1 || operation > 3)
    refuse("it has an operation of unknown kind " + std::to_string(operation));
  Change change{static_cast<Operation>(operation), {}, {}};
  change.key.bucket = number<int64_t>();
  if (change.operation == Operation::evict) return change;
  change.key.hash = number<uint64_t>();
  const auto key_size = number<uint32_t>();
  const auto value_size = change.operation == Operation::put ? number<uint32_t>() : 0;
  change.key.key = str(take(key_size));
  change.value = take(value_size);
  return change;
}

}  // namespace millrace::memory_store
