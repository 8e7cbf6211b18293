#include "plugins/json/decoder.hpp"

#include <algorithm>

#include "millrace/nulls.hpp"

namespace millrace::json {
namespace {

// What the first-level caches hold of text and tokens together.
constexpr int64_t longest_run = 64 * 1024;
constexpr int64_t one_payload = 1;
// So many records in a row of one shape are worth more than a longer run: what one of another shape
// then costs by itself, they save.
constexpr int64_t of_one_shape = 4;
constexpr size_t longest_quote = 60;

std::vector<std::string> names_of(const Schema& rows) {
  std::vector<std::string> names;
  for (const auto& field : rows.fields) names.push_back(field.name);
  return names;
}

// The beginning of a text for a message, cut between characters.
std::string cut(std::string_view text) {
  if (text.size() <= longest_quote) return std::string(text);
  size_t size = longest_quote;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  return std::string(text.substr(0, size)) + "...";
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

Decoder::Decoder(const Schema& rows, TimeRules times, Mismatched mismatched, Behind behind,
                 Shapes shapes)
    : schema_(std::make_shared<const Schema>(rows)),
      walker_(names_of(rows), behind == Behind::ignored),
      reader_(times),
      shapes_(rows, times),
      learns_shapes_(shapes == Shapes::learned),
      run_bytes_(longest_run),
      mismatched_(mismatched) {
  for (const auto& field : rows.fields) builders_.emplace_back(field.type);
}

Batch Decoder::decode(const Column& payloads) {
  payloads_ = &payloads;
  faults_.clear();
  broken_.assign(builders_.size(), {});
  has_fault_.assign(static_cast<size_t>(payloads.length), false);
  for (auto& builder : builders_) builder.reserve(static_cast<size_t>(payloads.length));
  for (int64_t row = 0; row < payloads.length;) row = decode_some(row);
  std::vector<Column> columns;
  // Such a row is null in every column, also in those that could be read; and a null payload may
  // have text behind it.
  std::vector<int64_t> nulls;
  for (const auto& fault : faults_)
    if (fault.whole) nulls.push_back(fault.row);
  for (int64_t row = 0; payloads.may_have_nulls() && row < payloads.length; ++row)
    if (payloads.is_null(row)) nulls.push_back(row);
  for (size_t i = 0; i < builders_.size(); ++i)
    columns.push_back(with_nulls(with_nulls(builders_[i].finish(), broken_[i]), nulls));
  std::ranges::sort(faults_, {}, &Fault::row);
  return {schema_, std::move(columns), payloads.length};
}

int64_t Decoder::decode_some(int64_t first) {
  const int64_t next = shapes_.read(*payloads_, first, builders_);
  const bool have_shape = next - first >= of_one_shape;
  if (have_shape) run_bytes_ = one_payload;
  if (next == payloads_->length) return next;
  const int64_t last = decode_run(next);
  if (learns_shapes_ && first_document_row_ >= 0 && shapes_.wants_to_learn())
    learn(next, first_document_row_);
  return last;
}

int64_t Decoder::decode_run(int64_t first) {
  first_document_row_ = -1;
  const int64_t last = end_of_run(first);
  const auto* offsets = payloads_->offsets;
  const std::string_view text(payloads_->bytes + offsets[first],
                              static_cast<size_t>(offsets[last] - offsets[first]));
  values_.assign(static_cast<size_t>(last - first) * builders_.size(), 0);
  int64_t done = last;
  if (index_.find(text)) {
    walker_.start(index_.tokens());
    reader_.start(index_.tokens());
    done = walk_run(first, last);
    if (done == first) {  // Alone, so that what is said of it does not depend on its neighbours.
      run_bytes_ = one_payload;
      return first;
    }
  } else if (last - first == 1) {
    reject(first, std::string("not valid JSON: ") + index_.fault(), true);
  } else {
    run_bytes_ = one_payload;
    return first;
  }
  for (size_t column = 0; column < builders_.size(); ++column) read_column(column, first, done);
  run_bytes_ = done == last ? std::min(longest_run, 2 * run_bytes_) : one_payload;
  return done;
}

// The shape of the document in payload `row`, of a run that begins with payload `first`.
void Decoder::learn(int64_t first, int64_t row) {
  const auto* offsets = payloads_->offsets;
  shapes_.learn(index_.tokens(), 0, static_cast<uint32_t>(offsets[row] - offsets[first]),
                static_cast<uint32_t>(offsets[row + 1] - offsets[first]));
}

int64_t Decoder::end_of_run(int64_t first) const {
  const auto* offsets = payloads_->offsets;
  int64_t last = first + 1;
  if (run_bytes_ == one_payload) return last;  // Also where empty ones follow.
  while (last < payloads_->length && offsets[last + 1] - offsets[first] <= run_bytes_) ++last;
  return last;
}

int64_t Decoder::walk_run(int64_t first, int64_t last) {
  const auto* offsets = payloads_->offsets;
  const auto start = static_cast<uint32_t>(offsets[first]);
  uint32_t token = 0;
  for (int64_t row = first; row < last; ++row) {
    const auto end = static_cast<uint32_t>(offsets[row + 1]) - start;
    const auto& tokens = index_.tokens();
    // Without a token the payload is blank: a row of nulls, as is a null payload.
    if (tokens.at[token] >= end && is_blank(payloads_->text(row))) continue;
    auto* values = values_.data() + static_cast<size_t>(row - first) * builders_.size();
    const uint32_t next = walker_.walk(token, end, values);
    if (next == 0) {
      if (last - first > 1) return row;
      reject_fault(row, start);
      std::fill_n(values, builders_.size(), 0);
      return last;
    }
    if (first_document_row_ < 0) first_document_row_ = row;
    token = next;
  }
  return last;
}

void Decoder::read_column(size_t column, int64_t first, int64_t last) {
  auto& to = builders_[column];
  const auto* value = values_.data() + column;
  for (int64_t row = first; row < last; ++row, value += builders_.size()) {
    if (*value == 0)
      to.append_null();
    else if (!reader_.append(*value, to))
      reject_mismatch(row, column, static_cast<uint32_t>(payloads_->offsets[first]));
  }
}

void Decoder::reject(int64_t row, std::string reason, bool whole) {
  if (has_fault_[static_cast<size_t>(row)] || payloads_->is_null(row)) return;
  has_fault_[static_cast<size_t>(row)] = true;
  faults_.push_back({row, std::move(reason), whole});
}

void Decoder::reject_fault(int64_t row, uint32_t run_start) {
  const auto at = walker_.fault_at() + run_start - static_cast<uint32_t>(payloads_->offsets[row]);
  const auto rest = payloads_->text(row).substr(at);
  reject(row,
         "not valid JSON: " + walker_.fault() + " at byte " + std::to_string(at) +
             (rest.empty() ? "" : ", found `" + cut(rest) + "`"),
         true);
}

void Decoder::reject_mismatch(int64_t row, size_t column, uint32_t run_start) {
  const auto& mismatch = reader_.mismatch();
  if (!mismatch.partial) broken_[column].push_back(row);
  const auto& tokens = index_.tokens();
  const auto at =
      tokens.at[mismatch.token] + run_start - static_cast<uint32_t>(payloads_->offsets[row]);
  reject(row,
         "field `" + (*schema_)[column].name + mismatch.path + "` should be of type " +
             mismatch.wanted + ", found `" + cut(tokens.span(mismatch.token)) + "` at byte " +
             std::to_string(at),
         mismatched_ == Mismatched::row);
}

}  // namespace millrace::json
