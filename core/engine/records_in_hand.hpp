#pragma once
#include <cstdint>
#include <string_view>

#include "core/checkpoint/crash_notes.hpp"
#include "core/plan/plan.hpp"

namespace millrace {

/// Which records a thread is at, for whoever has to say so when the process dies: a few stores for
/// a batch.
namespace records_in_hand {

/// What this thread is at, until the next call or the end of the scope. The texts live as long.
void set(const NumberedRecords<std::string_view>& records);
struct Scope {
  Scope() = default;
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
};
/// All that the process is at, on whatever thread: where records are taken one after the other.
void set_only(const NumberedRecords<std::string_view>& records);
struct OnlyScope {
  OnlyScope() = default;
  ~OnlyScope();
  OnlyScope(const OnlyScope&) = delete;
  OnlyScope& operator=(const OnlyScope&) = delete;
};
/// The epoch of all of this.
void set_epoch(uint64_t epoch);

/// In a signal handler, on the thread at fault.
const NumberedRecords<std::string_view>& of_this_thread() noexcept;
uint64_t epoch() noexcept;

}  // namespace records_in_hand

}  // namespace millrace
