#pragma once
#include <array>
#include <charconv>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "millrace/batch.hpp"
#include "millrace/decimal.hpp"

// Crossing the boundary: Arrow C Data to our columns and back. Nothing is copied but pointers.
namespace millrace::arrow {

namespace detail {

// One key, "hidden", with the value "1", in the C Data Interface's metadata encoding.
inline constexpr char hidden_mark[] = "\1\0\0\0\6\0\0\0hidden\1\0\0\0001";

/// Of every type but decimals, whose format says how many digits they have.
inline const char* format_of(TypeId id) {
  constexpr const char* formats[] = {"b",   "i",       "l",   "f",  "g",  "u", "z",
                                     "tdD", "tsu:UTC", "tDu", "+l", "+s", "n"};
  return formats[static_cast<size_t>(id)];
}

/// "d:10,2" or "d:10,2,128": precision, scale and perhaps the width in bits.
inline Type decimal_of_format(std::string_view format) {
  const char* at = format.data() + 1;  // Each part has a colon or a comma in front.
  const char* end = format.data() + format.size();
  int parts[3] = {0, -1, 128};
  bool read = true;
  for (int i = 0; i < 3 && read && at != end && *at == (i == 0 ? ':' : ','); ++i) {
    const auto [stop, error] = std::from_chars(at + 1, end, parts[i]);
    read = error == std::errc{};
    at = stop;
  }
  if (!read || at != end || parts[0] < 1 || parts[0] > decimal_digits_max || parts[1] < 0 ||
      parts[1] > parts[0] || parts[2] != 128)
    throw Error::internal("an Arrow decimal that Millrace does not use: " + std::string(format));
  return millrace::decimal_of(parts[0], parts[1]);
}

inline TypeId id_of(std::string_view format) {
  if (format.starts_with("tsu:")) return TypeId::timestamp;
  for (int id = 0; id <= static_cast<int>(TypeId::null); ++id)
    if (format == format_of(static_cast<TypeId>(id))) return static_cast<TypeId>(id);
  throw Error::internal("an Arrow type that Millrace does not use: " + std::string(format));
}

struct ExportedSchema {
  std::string name;
  std::string format;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;
};

inline void release_schema(ArrowSchema* schema) {
  auto* kept = static_cast<ExportedSchema*>(schema->private_data);
  for (auto& child : kept->children)
    if (child.release != nullptr) child.release(&child);
  schema->release = nullptr;
  delete kept;
}

struct ExportedArray {
  Column column;  // Keeps the memory.
  std::array<const void*, 3> buffers{};
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
};

inline void release_array(ArrowArray* array) {
  auto* kept = static_cast<ExportedArray*>(array->private_data);
  for (auto& child : kept->children)
    if (child.release != nullptr) child.release(&child);
  array->release = nullptr;
  delete kept;
}

}  // namespace detail

inline void export_field(const Field& field, ArrowSchema* out) {
  auto kept = std::make_unique<detail::ExportedSchema>();
  kept->name = field.name;
  if (field.type.is_decimal())
    kept->format =
        "d:" + std::to_string(field.type.precision) + "," + std::to_string(field.type.scale);
  else
    kept->format = detail::format_of(field.type.id);
  kept->children.resize(field.type.children.size());
  for (size_t i = 0; i < kept->children.size(); ++i) {
    export_field(field.type.children[i], &kept->children[i]);
    kept->pointers.push_back(&kept->children[i]);
  }
  *out = {kept->format.c_str(),
          kept->name.c_str(),
          field.hidden ? detail::hidden_mark : nullptr,
          ARROW_FLAG_NULLABLE,
          static_cast<int64_t>(kept->children.size()),
          kept->pointers.data(),
          nullptr,
          detail::release_schema,
          nullptr};
  out->private_data = kept.release();
}

inline void export_schema(const Schema& schema, ArrowSchema* out) {
  export_field({"", {TypeId::structure, schema.fields}}, out);
}

inline Field import_field(const ArrowSchema& schema) {
  Field field;
  if (schema.name != nullptr) field.name = schema.name;
  if (const std::string_view format = schema.format; format.starts_with("d:"))
    field.type = detail::decimal_of_format(format);
  else
    field.type.id = detail::id_of(format);
  field.hidden =
      schema.metadata != nullptr && std::memcmp(schema.metadata, detail::hidden_mark, 14) == 0;
  for (int64_t i = 0; i < schema.n_children; ++i)
    field.type.children.push_back(import_field(*schema.children[i]));
  return field;
}

inline Schema import_schema(const ArrowSchema& schema) {
  return {import_field(schema).type.children};
}

/// An ArrowSchema that releases itself.
class OwnedSchema {
 public:
  OwnedSchema() = default;
  explicit OwnedSchema(const Schema& schema) { export_schema(schema, &schema_); }
  explicit OwnedSchema(const Field& field) { export_field(field, &schema_); }
  OwnedSchema(OwnedSchema&& other) noexcept
      : schema_(std::exchange(other.schema_, ArrowSchema{})) {}
  OwnedSchema& operator=(OwnedSchema&& other) noexcept {
    std::swap(schema_, other.schema_);
    return *this;
  }
  ~OwnedSchema() {
    if (schema_.release != nullptr) schema_.release(&schema_);
  }
  ArrowSchema* get() { return &schema_; }
  const ArrowSchema* get() const { return &schema_; }

 private:
  ArrowSchema schema_{};
};

inline void export_column(const Column& column, ArrowArray* out) {
  auto kept = std::make_unique<detail::ExportedArray>();
  kept->column = column;
  auto& buffers = kept->buffers;
  int64_t count = 1;
  buffers[0] = column.validity;
  if (column.type.id == TypeId::null)
    count = 0;
  else if (column.type.is_bytes())
    buffers[1] = column.offsets, buffers[2] = column.bytes, count = 3;
  else if (column.type.id == TypeId::list)
    buffers[1] = column.offsets, count = 2;
  else if (column.type.id != TypeId::structure)
    buffers[1] = column.values, count = 2;
  kept->children.resize(column.children.size());
  for (size_t i = 0; i < column.children.size(); ++i) {
    export_column(column.children[i], &kept->children[i]);
    kept->pointers.push_back(&kept->children[i]);
  }
  *out = {column.length,
          column.may_have_nulls() ? -1 : 0,
          0,
          count,
          static_cast<int64_t>(column.children.size()),
          kept->buffers.data(),
          kept->pointers.data(),
          nullptr,
          detail::release_array,
          nullptr};
  out->private_data = kept.release();
}

/// A batch crosses as a structure whose children are its columns.
inline void export_batch(const Batch& batch, ArrowArray* out) {
  Column all;
  all.type.id = TypeId::structure;
  all.length = batch.size();
  all.children = batch.columns();
  export_column(all, out);
}

namespace detail {

/// Arrow promises 8 bytes, 128-bit numbers want 16: what lies otherwise is copied.
inline void align_decimals(Column& column) {
  if (reinterpret_cast<uintptr_t>(column.values) % alignof(Int128) == 0) return;
  auto copy = std::make_shared<std::vector<Int128>>(static_cast<size_t>(column.length));
  std::memcpy(copy->data(), column.values, copy->size() * sizeof(Int128));
  struct Memory {
    std::shared_ptr<std::vector<Int128>> values;
    std::shared_ptr<const void> rest;
  };
  column.values = copy->data();
  column.owner = std::make_shared<Memory>(Memory{std::move(copy), column.owner});
}

}  // namespace detail

/// Views an array that `owner` keeps alive; without an owner the column is borrowed.
inline Column view_column(const Type& type, const ArrowArray& array,
                          const std::shared_ptr<const void>& owner) {
  if (array.offset != 0)
    throw Error::internal("Arrow arrays with an offset do not cross the plugin boundary");
  if (static_cast<size_t>(array.n_children) != type.children.size())
    throw Error::internal("an Arrow array does not have the children of its type " +
                          to_string(type));
  Column column;
  column.type = type;
  column.length = array.length;
  column.owner = owner;
  if (type.id == TypeId::null) return column;
  if (array.null_count != 0) column.validity = static_cast<const uint8_t*>(array.buffers[0]);
  if (type.is_bytes()) {
    column.offsets = static_cast<const int32_t*>(array.buffers[1]);
    column.bytes = static_cast<const char*>(array.buffers[2]);
  } else if (type.id == TypeId::list) {
    column.offsets = static_cast<const int32_t*>(array.buffers[1]);
  } else if (type.id != TypeId::structure) {
    column.values = array.buffers[1];
    if (type.is_decimal()) detail::align_decimals(column);
  }
  for (int64_t i = 0; i < array.n_children; ++i)
    column.children.push_back(
        view_column(type.children[static_cast<size_t>(i)].type, *array.children[i], owner));
  return column;
}

namespace detail {

inline std::shared_ptr<const ArrowArray> own(ArrowArray* array) {
  auto owner = std::shared_ptr<ArrowArray>(new ArrowArray(*array), [](ArrowArray* kept) {
    if (kept->release != nullptr) kept->release(kept);
    delete kept;
  });
  array->release = nullptr;
  return owner;
}

}  // namespace detail

/// Takes an array over.
inline Column import_column(const Type& type, ArrowArray* array) {
  const auto owner = detail::own(array);
  return view_column(type, *owner, owner);
}

inline Batch view_batch(std::shared_ptr<const Schema> schema, const ArrowArray& array,
                        const std::shared_ptr<const void>& owner) {
  if (static_cast<size_t>(array.n_children) != schema->size())
    throw Error::internal("an Arrow batch has " + std::to_string(array.n_children) +
                          " columns where its schema has " + std::to_string(schema->size()));
  std::vector<Column> columns;
  columns.reserve(schema->size());
  for (size_t i = 0; i < schema->size(); ++i)
    columns.push_back(view_column((*schema)[i].type, *array.children[i], owner));
  return {std::move(schema), std::move(columns), array.length};
}

/// Takes a batch over.
inline Batch import_batch(std::shared_ptr<const Schema> schema, ArrowArray* array) {
  const auto owner = detail::own(array);
  return view_batch(std::move(schema), *owner, owner);
}

/// An ArrowArray that releases itself unless it was moved on.
class OwnedArray {
 public:
  OwnedArray() = default;
  explicit OwnedArray(const Batch& batch) { export_batch(batch, &array_); }
  explicit OwnedArray(const Column& column) { export_column(column, &array_); }
  OwnedArray(const OwnedArray&) = delete;
  OwnedArray& operator=(const OwnedArray&) = delete;
  ~OwnedArray() {
    if (array_.release != nullptr) array_.release(&array_);
  }
  ArrowArray* get() { return &array_; }

 private:
  ArrowArray array_{};
};

}  // namespace millrace::arrow
