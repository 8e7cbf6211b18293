#pragma once
#include <functional>
#include <memory>
#include <string>

#include "millrace/context.hpp"

#include "plugins/kafka/fetcher.hpp"

namespace millrace::kafka {

/// A fetcher that has another take over, where it stood, once it throws Unsupported.
class FallbackFetcher final : public Fetcher {
 public:
  using Make = std::function<std::unique_ptr<Fetcher>()>;

  FallbackFetcher(std::unique_ptr<Fetcher> first, Make second, Context context);

  int64_t position() const override { return current_->position(); }
  void seek(int64_t offset) override { current_->seek(offset); }
  int64_t arrived() override;
  int64_t log_end() const override { return current_->log_end(); }
  bool is_lost() const override { return current_->is_lost(); }
  Fetch fetch(int64_t end, int64_t timeout_us, RecordRows& rows) override;

 private:
  template <class Call>
  auto attempt(const Call& call);

  std::unique_ptr<Fetcher> current_;
  Make second_;
  Context context_;
};

}  // namespace millrace::kafka
