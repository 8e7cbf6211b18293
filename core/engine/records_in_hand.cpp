#include "core/engine/records_in_hand.hpp"

#include <atomic>

namespace millrace::records_in_hand {
namespace {

using Records = NumberedRecords<std::string_view>;

thread_local constinit Records of_thread{};
// Written between rounds, read within them.
constinit Records only{};
std::atomic<uint64_t> epoch_number{0};

}  // namespace

void set(const Records& records) { of_thread = records; }
Scope::~Scope() { of_thread = {}; }
void set_only(const Records& records) { only = records; }
OnlyScope::~OnlyScope() { only = {}; }
void set_epoch(uint64_t epoch) { epoch_number.store(epoch, std::memory_order_relaxed); }

const Records& of_this_thread() noexcept { return of_thread.known() ? of_thread : only; }
uint64_t epoch() noexcept { return epoch_number.load(std::memory_order_relaxed); }

}  // namespace millrace::records_in_hand
