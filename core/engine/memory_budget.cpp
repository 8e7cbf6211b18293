#include "core/engine/memory_budget.hpp"

#include <algorithm>

namespace millrace {
namespace {

// Of the limit: what an epoch aims at, and from where on memory that was freed is given back before
// it is counted.
constexpr double aim = 0.7;
constexpr double worth_releasing = 0.5;
constexpr double too_much = 0.9;  // before an epoch
constexpr double growth_max = 1.5;
constexpr double growth_min = 0.125;
// Nothing is known of a first epoch: so many records, or bytes where ranges are of bytes.
constexpr int64_t first_allowed = 65'536;
// Less than that saves nothing.
constexpr int64_t least_allowed = 16'384;

std::string mebibytes(uint64_t bytes) {
  return std::to_string((bytes + (1U << 19U)) >> 20U) + " MiB";
}

int64_t size_of(const SourceInput& input) {
  int64_t size = 0;
  for (const auto& range : input.plan.ranges) size += range.end - range.start;
  return size;
}

}  // namespace

MemoryBudget::MemoryBudget(const Plan& plan, ProcessMemory* memory, observe::Monitor& monitor,
                           Measure state)
    : plan_(plan),
      memory_(memory),
      monitor_(monitor),
      state_(std::move(state)),
      limit_(memory == nullptr ? 0 : static_cast<uint64_t>(plan.config.memory_limit)) {
  if (limit_ != 0) monitor_.metrics().memory_limit(limit_);
}

void MemoryBudget::begin() {
  if (limit_ == 0) return;
  if (allowed_.empty())
    for (size_t i = 0; i < plan_.nodes.size(); ++i)
      if (plan_.nodes[i].source) allow(i, first_allowed);
  base_ = memory_->resident();
  if (static_cast<double>(base_) > worth_releasing * static_cast<double>(limit_)) {
    memory_->release();
    base_ = memory_->resident();
  }
  if (static_cast<double>(base_) > too_much * static_cast<double>(limit_)) give_up(base_);
  memory_->take_peak();
}

void MemoryBudget::end(const std::vector<SourceInput>& inputs) {
  if (limit_ == 0) return;
  const auto peak = memory_->take_peak();
  monitor_.metrics().memory_peak(peak);
  const auto room = aim * static_cast<double>(limit_) - static_cast<double>(base_);
  const auto took = static_cast<double>(peak > base_ ? peak - base_ : 1);
  const auto growth = std::clamp(room / took, growth_min, growth_max);
  for (const auto& input : inputs) {
    const auto size = size_of(input);
    auto& allowed = allowed_.at(input.node);
    // Whoever had less than was allowed says nothing about more.
    if (size == 0 || (growth >= 1 && size < allowed - allowed / 8)) continue;
    allow(input.node,
          std::max(least_allowed, static_cast<int64_t>(static_cast<double>(size) * growth)));
  }
}

bool MemoryBudget::is_short() const {
  return limit_ != 0 &&
         static_cast<double>(memory_->resident()) > aim * static_cast<double>(limit_);
}

void MemoryBudget::allow(size_t node, int64_t size) {
  const auto& planned = plan_.nodes[node];
  allowed_[node] = size;
  if (planned.source->handle->limit(size)) monitor_.metrics().source_limit(planned.name, size);
}

void MemoryBudget::give_up(uint64_t held) const {
  std::string text = "memory_limit = " + mebibytes(limit_) + " is not enough: the process holds " +
                     mebibytes(held) + " between two epochs";
  const auto state = state_();
  const auto largest = std::max_element(
      state.begin(), state.end(),
      [](const auto& one, const auto& other) { return one.second < other.second; });
  if (largest != state.end())
    text += ", of which the largest state, that of `" + largest->first + "`, is " +
            mebibytes(largest->second);
  throw Error::user(
      text +
      ". Raise the limit, let less into the state (a watermark, a shorter delay, fewer "
      "keys), or give it a disk: state_store = \"rocksdb\"");
}

}  // namespace millrace
