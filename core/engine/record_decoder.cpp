#include "core/engine/record_decoder.hpp"

#include <algorithm>

#include "millrace/gather.hpp"
#include "millrace/json.hpp"

namespace millrace {
namespace {

constexpr int64_t shown_bytes_max = 200;
// How long a source is waited for that is asked where a record came from.
constexpr int64_t reread_wait_us = 500'000;
constexpr int reread_idle_max = 10;

bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    if ((byte >= 0x80 && byte < 0xc2) || byte > 0xf4 || i + length > text.size()) return false;
    for (size_t j = 1; j < length; ++j)
      if ((static_cast<unsigned char>(text[i + j]) & 0xc0) != 0x80) return false;
    i += length;
  }
  return true;
}

std::string shown(std::string_view payload) {
  std::string text;
  json::append_string(payload.substr(0, shown_bytes_max), text);
  return payload.size() > shown_bytes_max ? text + "... (cut)" : text;
}

}  // namespace

RecordDecoder::RecordDecoder(const PlannedNode& node)
    : node_(node), source_(node.source ? *node.source : *node.table) {
  const auto& source = source_;
  if (!source.format) return;
  format_.emplace(source.format->parts, source.format->rows);
  const auto& raw = source.handle->schema();
  for (const auto& field : node.output.schema->fields) {
    if (!field.hidden) {
      columns_.push_back({true, static_cast<size_t>(source.format->rows->index_of(field.name))});
      continue;
    }
    for (size_t i = 0; i < source.columns.size(); ++i)
      if (raw[static_cast<size_t>(source.columns[i])].name == field.name)
        columns_.push_back({false, i});
  }
}

Batch RecordDecoder::decode(const Batch& raw, RangeInHand& from, const Fan& dead_letters,
                            NodeCounts& counts) {
  counts.received_rows += raw.size();
  if (!format_) return raw;
  const auto& payloads = raw.column(static_cast<size_t>(source_.payload));
  if (payloads.length > 0)
    counts.received_bytes += payloads.offsets[payloads.length] - payloads.offsets[0];
  rejected_.clear();
  const auto decoded = format_->decode(payloads, rejected_);
  std::vector<Column> columns;
  columns.reserve(columns_.size());
  for (const auto& each : columns_)
    columns.push_back(each.decoded ? decoded.column(each.column) : raw.column(each.column));
  Batch rows(node_.output.schema, std::move(columns), raw.size());
  if (rejected_.empty()) return rows;
  reject(raw, "cannot be decoded", from, dead_letters, counts);
  std::vector<uint32_t> kept;
  auto next = rejected_.begin();
  for (int64_t row = 0; row < raw.size(); ++row) {
    if (next != rejected_.end() && next->row == row)
      ++next;
    else
      kept.push_back(static_cast<uint32_t>(row));
  }
  return gather(rows, kept);
}

void RecordDecoder::set_aside(const Batch& raw, const std::string& reason, RangeInHand& from,
                              const Fan& dead_letters, NodeCounts& counts) {
  counts.received_rows += raw.size();
  rejected_.clear();
  for (int64_t row = 0; row < raw.size(); ++row) rejected_.push_back({row, reason});
  reject(raw, "crashes a plugin", from, dead_letters, counts);
}

void RecordDecoder::reject(const Batch& raw, std::string_view what, RangeInHand& from,
                           const Fan& dead_letters, NodeCounts& counts) {
  std::sort(rejected_.begin(), rejected_.end(),
            [](const auto& left, const auto& right) { return left.row < right.row; });
  rejected_.erase(
      std::unique(rejected_.begin(), rejected_.end(),
                  [](const auto& left, const auto& right) { return left.row == right.row; }),
      rejected_.end());
  counts.rejected_rows += static_cast<int64_t>(rejected_.size());
  if (source_.on_error == OnError::drop) return;
  if (source_.on_error == OnError::dead_letter) {
    counts.sent(OutputPort::dead_letter) += static_cast<int64_t>(rejected_.size());
    dead_letters.push(dead_letter_rows(raw));
    return;
  }
  const auto& bad = rejected_.front();
  from.reader.reset();  // A partition may have one reader only.
  throw Error::data(
      node_.title + ": a record " + std::string(what) + ": " + bad.reason + "; record: " +
      describe(from.range, from.records + bad.row) + " " + shown(payload_of(raw, bad.row)) +
      (node_.table ? "; a table has to be whole"
                   : "; on_error = \"drop\" or \"dead_letter\" would go on without it"));
}

// Empty where there is none, as in rows that the source makes itself.
std::string_view RecordDecoder::payload_of(const Batch& raw, int64_t row) const {
  if (source_.payload < 0) return {};
  const auto& payloads = raw.column(static_cast<size_t>(source_.payload));
  return payloads.is_null(row) ? std::string_view{} : payloads.text(row);
}

// Reads the range once more, this time with all that the source knows of its records.
std::string RecordDecoder::describe(const SourceRange& range, int64_t record) const {
  const auto& raw = source_.handle->schema();
  std::vector<int32_t> columns;
  for (size_t i = 0; i < raw.size(); ++i)
    if (raw[i].type.id != TypeId::binary) columns.push_back(static_cast<int32_t>(i));
  std::string text = "number " + std::to_string(record) + " of " + range.partition + " from " +
                     std::to_string(range.start) +
                     (range.detail.empty() ? "" : " in " + range.detail);
  try {
    auto reader = source_.handle->open(range, columns);
    Batch batch;
    int idle = 0;
    for (auto result = reader.read(reread_wait_us, batch);
         result != ReadResult::end && idle < reread_idle_max;
         result = reader.read(reread_wait_us, batch)) {
      if (result == ReadResult::idle) {
        ++idle;
        continue;
      }
      if (record < batch.size()) return Row(batch, record).to_json();
      record -= batch.size();
    }
  } catch (const Error&) {
    // The place is for people only; the first error counts.
  }
  return text;
}

Batch RecordDecoder::dead_letter_rows(const Batch& raw) const {
  const auto& schema = source_.dead_letters;
  ColumnBuilder reasons(TypeId::string);
  ColumnBuilder sources(TypeId::string);
  ColumnBuilder texts(TypeId::string);
  ColumnBuilder bytes(TypeId::binary);
  std::vector<uint32_t> rows;
  for (const auto& bad : rejected_) {
    rows.push_back(static_cast<uint32_t>(bad.row));
    reasons.append_bytes(bad.reason);
    sources.append_bytes(node_.name);
    const bool null =
        source_.payload < 0 || raw.column(static_cast<size_t>(source_.payload)).is_null(bad.row);
    const auto payload = payload_of(raw, bad.row);
    const bool text = !null && is_utf8(payload);
    if (text)
      texts.append_bytes(payload);
    else
      texts.append_null();
    if (text || null)
      bytes.append_null();
    else
      bytes.append_bytes(payload);
  }
  std::vector<Column> columns{reasons.finish(), sources.finish(), texts.finish(), bytes.finish()};
  const auto& raw_schema = source_.handle->schema();
  for (size_t i = columns.size(); i < schema->size(); ++i)
    for (size_t at = 0; at < source_.columns.size(); ++at)
      if (raw_schema[static_cast<size_t>(source_.columns[at])].name == (*schema)[i].name)
        columns.push_back(gather(raw.column(at), rows));
  return {schema, std::move(columns), static_cast<int64_t>(rows.size())};
}

}  // namespace millrace
