#include "plugins/kafka/fallback_fetcher.hpp"

#include "plugins/kafka/direct/wire.hpp"

namespace millrace::kafka {

FallbackFetcher::FallbackFetcher(std::unique_ptr<Fetcher> first, Make second, Context context)
    : current_(std::move(first)), second_(std::move(second)), context_(context) {}

template <class Call>
auto FallbackFetcher::attempt(const Call& call) {
  try {
    return call();
  } catch (const Unsupported& reason) {
    context_.debug(std::string("librdkafka reads on: ") + reason.what());
    const auto position = current_->position();
    current_ = second_();
    current_->seek(position);
    return call();
  }
}

int64_t FallbackFetcher::arrived() {
  return attempt([&] { return current_->arrived(); });
}

Fetch FallbackFetcher::fetch(int64_t end, int64_t timeout_us, RecordRows& rows) {
  return attempt([&] { return current_->fetch(end, timeout_us, rows); });
}

}  // namespace millrace::kafka
