#pragma once
#include <memory>
#include <string>
#include <vector>

#include "plugins/memory_store/memory_store.hpp"

namespace millrace::testing {

/// A memory store and the pieces that it wrote.
class MemoryLife {
 public:
  static constexpr int random_steps = 20'000;

  memory_store::MemoryStore& store() { return *store_; }
  void save(bool snapshot) {
    if (snapshot) pieces.clear();
    if (snapshot)
      store_->write_snapshot(PieceWriter(writer_to(pieces)));
    else
      store_->write_changes(PieceWriter(writer_to(pieces)));
  }
  void reopen() {
    store_ = std::make_unique<memory_store::MemoryStore>(memory_store::Settings{}, Context(host_));
    for (const auto& piece : pieces) store_->read(piece);
  }

  /// What takes pieces; valid until the next call.
  const mr_writer& writer_to(std::vector<std::string>& to) {
    writer_ = {sizeof(mr_writer), &to, [](void* list, mr_str bytes, mr_error*) {
                 static_cast<std::vector<std::string>*>(list)->emplace_back(view(bytes));
                 return mr_result{MR_OK};
               }};
    return writer_;
  }

  std::vector<std::string> pieces;

 private:
  mr_host host_{};
  mr_writer writer_{};
  std::unique_ptr<memory_store::MemoryStore> store_ =
      std::make_unique<memory_store::MemoryStore>(memory_store::Settings{}, Context(host_));
};

}  // namespace millrace::testing
