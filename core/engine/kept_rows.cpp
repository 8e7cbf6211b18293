#include "core/engine/kept_rows.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "millrace/int128.hpp"

namespace millrace {
namespace {

constexpr size_t alignment = 16;
constexpr char part_kind = 1;
constexpr char rows_kind = 2;

class Writer {
 public:
  explicit Writer(char kind) : text_(alignment, '\0') { text_[0] = kind; }

  void head(uint64_t number, bool flag) {
    std::array<char, alignment> bytes{};
    std::memcpy(bytes.data(), &number, sizeof number);
    bytes[sizeof number] = flag ? 1 : 0;
    text_.append(bytes.data(), bytes.size());
  }

  void buffer(const void* bytes, size_t size) {
    text_.append(static_cast<const char*>(bytes), size);
    text_.append((alignment - size % alignment) % alignment, '\0');
  }

  void column(const Column& column) {
    const auto rows = static_cast<size_t>(column.length);
    head(rows, column.validity != nullptr);
    if (column.validity != nullptr) buffer(column.validity, bytes_for_bits(column.length));
    if (column.type.id == TypeId::null || rows == 0) return;
    if (column.type.is_bytes()) {
      offsets(column);
      const auto first = column.offsets[0];
      buffer(column.bytes + first, static_cast<size_t>(column.offsets[rows] - first));
    } else if (column.type.id == TypeId::list) {
      buffer(column.offsets, (rows + 1) * sizeof(int32_t));
    } else if (column.type.id == TypeId::boolean) {
      buffer(column.values, bytes_for_bits(column.length));
    } else if (column.type.id != TypeId::structure) {
      buffer(column.values, rows * width_of(column.type.id));
    }
    for (const auto& child : column.children) this->column(child);
  }

  std::string finish() { return std::move(text_); }

 private:
  // A column may view the middle of a large buffer: only its own bytes are kept.
  void offsets(const Column& column) {
    std::vector<int32_t> from_zero(column.offsets, column.offsets + column.length + 1);
    const auto first = from_zero[0];
    for (auto& offset : from_zero) offset -= first;
    buffer(from_zero.data(), from_zero.size() * sizeof(int32_t));
  }

  std::string text_;
};

[[noreturn]] void refuse() { throw Error::internal("kept rows are not rows of their schema"); }

class Reader {
 public:
  explicit Reader(std::string_view record) : size_(record.size()) {
    if (size_ < alignment) refuse();
    const auto memory = std::make_shared<std::vector<Int128>>((size_ + alignment - 1) / alignment);
    std::memcpy(memory->data(), record.data(), size_);
    bytes_ = reinterpret_cast<const char*>(memory->data());
    owner_ = memory;
  }

  char kind() const { return bytes_[0]; }
  std::string rest() const { return {bytes_ + alignment, size_ - alignment}; }

  std::pair<uint64_t, bool> head() {
    const auto* at = buffer(alignment);
    uint64_t number = 0;
    std::memcpy(&number, at, sizeof number);
    return {number, at[sizeof number] != 0};
  }

  const char* buffer(size_t size) {
    if (size > size_ - at_) refuse();
    const auto* found = bytes_ + at_;
    at_ = std::min(size_, at_ + (size + alignment - 1) / alignment * alignment);
    return found;
  }

  Column column(const Type& type) {
    const auto [rows, has_validity] = head();
    if (rows > size_ * 8 && type.id != TypeId::null) refuse();
    Column column;
    column.type = type;
    column.length = static_cast<int64_t>(rows);
    column.owner = owner_;
    if (has_validity)
      column.validity = reinterpret_cast<const uint8_t*>(buffer(bytes_for_bits(column.length)));
    if (type.id == TypeId::null) return column;
    if (rows == 0) return empty(std::move(column));
    if (type.is_bytes()) {
      column.offsets = offsets(rows);
      column.bytes = buffer(static_cast<size_t>(column.offsets[rows]));
    } else if (type.id == TypeId::list) {
      column.offsets = offsets(rows);
    } else if (type.id == TypeId::boolean) {
      column.values = buffer(bytes_for_bits(column.length));
    } else if (type.id != TypeId::structure) {
      column.values = buffer(rows * width_of(type.id));
    }
    for (const auto& field : type.children) column.children.push_back(this->column(field.type));
    if (type.id == TypeId::list && column.offsets[rows] > column.children.at(0).length) refuse();
    if (type.id == TypeId::structure)
      for (const auto& child : column.children)
        if (child.length != column.length) refuse();
    return column;
  }

 private:
  // Zeros serve as the offsets of nothing, whatever the type.
  static Column empty(Column column) {
    static constexpr std::array<char, alignment> zeros{};
    column.values = zeros.data();
    column.bytes = zeros.data();
    column.offsets = reinterpret_cast<const int32_t*>(zeros.data());
    for (const auto& field : column.type.children) {
      Column child;
      child.type = field.type;
      column.children.push_back(empty(std::move(child)));
    }
    return column;
  }

  const int32_t* offsets(uint64_t rows) {
    if (rows > size_) refuse();
    const auto* offsets = reinterpret_cast<const int32_t*>(buffer((rows + 1) * sizeof(int32_t)));
    if (offsets[0] < 0 || !std::is_sorted(offsets, offsets + rows + 1)) refuse();
    return offsets;
  }

  size_t size_;
  size_t at_ = alignment;
  const char* bytes_ = nullptr;
  std::shared_ptr<const void> owner_;
};

}  // namespace

std::string text_of(const Schema& schema) {
  return to_string(Type(TypeId::structure, schema.fields));
}

std::string keep_part(const std::string& schema) {
  return std::string(1, part_kind).append(alignment - 1, '\0').append(schema);
}

std::string keep_rows(const Batch& rows, const Column* payloads) {
  Writer writer(rows_kind);
  writer.head(static_cast<uint64_t>(rows.size()), payloads != nullptr);
  for (const auto& column : rows.columns()) writer.column(column);
  if (payloads != nullptr) writer.column(*payloads);
  return writer.finish();
}

KeptRecord read_kept(std::string_view record, const std::shared_ptr<const Schema>& schema) {
  Reader reader(record);
  KeptRecord kept;
  if (reader.kind() == part_kind) {
    kept.schema = reader.rest();
    return kept;
  }
  if (reader.kind() != rows_kind) refuse();
  const auto [rows, has_payloads] = reader.head();
  std::vector<Column> columns;
  columns.reserve(schema->size());
  for (const auto& field : schema->fields) {
    columns.push_back(reader.column(field.type));
    if (columns.back().length != static_cast<int64_t>(rows)) refuse();
  }
  kept.rows = Batch(schema, std::move(columns), static_cast<int64_t>(rows));
  if (has_payloads) kept.payloads = reader.column(TypeId::binary);
  return kept;
}

}  // namespace millrace
