#include "plugins/window/pane_groups.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace millrace::window {

int64_t PaneGroups::pane(size_t group) const {
  switch (form_) {
    case Form::one_pane:
      return panes_[0];
    case Form::matrix:
      return panes_[pairs_[group].row];
    case Form::pairs:
      return table_.bucket(group);
  }
  return 0;
}

void PaneGroups::find_or_add(const EncodedKeys& keys, const uint32_t* rows, const int64_t* panes,
                             size_t count, uint32_t* groups) {
  if (count == 0) return;
  if (form_ != Form::pairs) {
    if (no_pane_.size() < count) no_pane_.append(count - no_pane_.size(), 0);
    const size_t groups_before = size();
    const bool one = form_ == Form::one_pane && stays_one_pane(panes, count);
    table_.find_or_add(keys, rows, no_pane_.data(), count, groups);
    if (one) return;
    const bool is_matrix = become_matrix(groups_before);
    if (is_matrix && place(panes, count, groups)) return;
    become_pairs(is_matrix ? size() : groups_before);
  }
  table_.find_or_add(keys, rows, panes, count, groups);
}

bool PaneGroups::stays_one_pane(const int64_t* panes, size_t count) {
  const int64_t pane = panes_.empty() ? panes[0] : panes_[0];
  int64_t differ = 0;
  for (size_t i = 0; i < count; ++i) differ |= panes[i] ^ pane;
  if (differ != 0) return false;
  if (panes_.empty()) panes_.push_back(pane);
  return true;
}

/// With a cell for each key; false if there is no room. `groups`: that there were while there was
/// one pane.
bool PaneGroups::become_matrix(size_t groups) {
  if (!widen(table_.size())) return false;
  if (form_ == Form::matrix) return true;
  form_ = Form::matrix;
  if (panes_.empty()) return true;
  const int64_t pane = panes_[0];
  panes_.clear();
  const uint32_t row = find_or_add_row(pane);
  for (uint32_t key = 0; key < groups; ++key) {
    cells_[row * width_ + key] = key;
    pairs_.push_back({key, row});
  }
  return true;
}

/// Makes groups of the numbers of the keys; false if there is no room for a pane.
bool PaneGroups::place(const int64_t* panes, size_t count, uint32_t* groups) {
  for (size_t i = 0; i < count; ++i) {
    const uint32_t row = row_of(panes[i]);
    if (row == none) return false;
    uint32_t& cell = cells_[row * width_ + groups[i]];
    if (cell == none) {
      cell = static_cast<uint32_t>(pairs_.size());
      pairs_.push_back({groups[i], row});
    }
    groups[i] = cell;
  }
  return true;
}

inline uint32_t PaneGroups::row_of(int64_t pane) {
  Recent& recent = recent_[static_cast<uint64_t>(pane) * hash_secret >> (64 - recent_bits)];
  if (recent.row == none || recent.pane != pane) recent = {pane, find_or_add_row(pane)};
  return recent.row;
}

uint32_t PaneGroups::find_or_add_row(int64_t pane) {
  const auto found = rows_.find(pane);
  if (found != rows_.end()) return found->second;
  if (cells_.size() + width_ > cells_most) return none;
  const auto row = static_cast<uint32_t>(panes_.size());
  cells_.append(width_, none);
  panes_.push_back(pane);
  rows_.emplace(pane, row);
  return row;
}

bool PaneGroups::widen(size_t keys) {
  if (keys <= width_) return true;
  const size_t width = std::max(width_least, std::bit_ceil(keys));
  if (width * std::max<size_t>(panes_.size(), 1) > cells_most) return false;
  Buffer<uint32_t> wider;
  wider.reserve(width * rows_.size());
  for (size_t row = 0; row < rows_.size(); ++row) {
    wider.append(cells_.data() + row * width_, width_);
    wider.append(width - width_, none);
  }
  cells_ = std::move(wider);
  width_ = width;
  return true;
}

void PaneGroups::become_pairs(size_t groups) {
  GroupTable pairs;
  for (size_t group = 0; group < groups; ++group)
    pairs.find_or_add(KeyCodec::view_of(key(group)), hash(group), pane(group));
  clear();
  table_ = std::move(pairs);
  form_ = Form::pairs;
}

void PaneGroups::list_by_pane(Buffer<uint32_t>& groups) const {
  groups.resize(size());
  std::iota(groups.data(), groups.data() + groups.size(), 0U);
  if (form_ != Form::matrix) return;
  std::vector<uint32_t> next(panes_.size() + 1, 0);  // By row: where its next group goes.
  for (size_t group = 0; group < pairs_.size(); ++group) ++next[pairs_[group].row + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  for (uint32_t group = 0; group < pairs_.size(); ++group)
    groups[next[pairs_[group].row]++] = group;
}

void PaneGroups::clear() {
  table_.clear();
  form_ = Form::one_pane;
  panes_.clear();
  pairs_.clear();
  cells_.clear();
  width_ = 0;
  rows_.clear();
  recent_.fill({});
}

}  // namespace millrace::window
