#include "plugins/window/straight_merge.hpp"

#include <limits>
#include <numeric>

#include "plugins/window/partials.hpp"
#include "plugins/window/state_version.hpp"

namespace millrace::window {
namespace {

// Their entries and all that is noted of them fit into a core's own cache.
constexpr size_t groups_at_once = 1024;

}  // namespace

size_t StraightMerge::merge(const Batch& partials, const BucketOf& bucket_of, int64_t closed) {
  const auto& hashes = part(partials, PartialColumn::hash);
  const auto& panes = part(partials, PartialColumn::pane);
  const auto& keys = part(partials, PartialColumn::key);
  const auto& states = part(partials, PartialColumn::state);
  size_t written = 0;
  int64_t pane = 0;
  std::optional<int64_t> bucket;
  for (int64_t row = 0; row < partials.size(); ++row) {
    if (row == 0 || panes.int64(row) != pane) {
      pane = panes.int64(row);
      bucket = bucket_of(pane);
    }
    if (!bucket || *bucket <= closed) continue;
    keys_.push_back({*bucket, static_cast<uint64_t>(hashes.int64(row)), str(keys.text(row))});
    partials_.push_back(states.text(row).data());
    if (keys_.size() < groups_at_once) continue;
    written += keys_.size();
    write();
  }
  written += keys_.size();
  write();
  return written;
}

void StraightMerge::write() {
  const size_t count = keys_.size();
  if (count == 0) return;
  values_.resize(count);
  state_.get(count, keys_.data(), values_.data());
  found_.clear();
  stored_.clear();
  for (size_t i = 0; i < count; ++i) {
    if (values_[i].data == nullptr) continue;
    found_.push_back(static_cast<uint32_t>(i));
    stored_.push_back(check_version(view(values_[i])).data());
  }
  groups_.resize(count);
  std::iota(groups_.begin(), groups_.end(), 0U);
  aggregates_.resize(count);
  aggregates_.merge(found_, stored_);
  aggregates_.merge(groups_, partials_);
  aggregates_.save(groups_, 1, saved_);
  aggregates_.resize(0);
  for (size_t i = 0; i < count; ++i) {
    *saved_.prefix(i) = state_version;
    values_[i] = str(saved_[i]);
  }
  state_.put(count, keys_.data(), values_.data());
  keys_.clear();
  partials_.clear();
}

}  // namespace millrace::window
