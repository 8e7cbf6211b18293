#pragma once
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/expression/session.hpp"
#include "core/expression/vector.hpp"

// The C++ types that row functions take and give, and the SQL types that they stand for:
// bool, int32_t, int64_t, float, double, std::string_view (string), Bytes (binary), Date,
// Timestamp, Duration; Int128 (decimal without its point: the function knows the type's scale).
namespace millrace {

struct Bytes {
  std::string_view view;
};
struct Date {
  int32_t days;
};
struct Timestamp {
  int64_t microseconds;
};
struct Duration {
  int64_t microseconds;
};

/// Thrown by row functions where ANSI rules make a row an error; the row and the expression's text
/// are added outside.
struct RowError {
  std::string message;
};

/// Where row functions write a string result.
class Text {
 public:
  explicit Text(Buffer<char>& bytes) : bytes_(bytes) {}
  void append(std::string_view text) { bytes_.append(text.data(), text.size()); }
  void append(char c) { bytes_.push_back(c); }

 private:
  Buffer<char>& bytes_;
};
/// The same for a binary result.
class BinaryText : public Text {
  using Text::Text;
};

template <class Value>
struct ValueType;
template <TypeId Id, class Storage_>
struct FixedValue {
  static constexpr TypeId id = Id;
  using Storage = Storage_;
};
// clang-format off
template <> struct ValueType<int32_t> : FixedValue<TypeId::int32, int32_t> {};
template <> struct ValueType<int64_t> : FixedValue<TypeId::int64, int64_t> {};
template <> struct ValueType<float> : FixedValue<TypeId::float32, float> {};
template <> struct ValueType<double> : FixedValue<TypeId::float64, double> {};
template <> struct ValueType<Int128> : FixedValue<TypeId::decimal, Int128> {};
template <> struct ValueType<Date> : FixedValue<TypeId::date, Date> {};
template <> struct ValueType<Timestamp> : FixedValue<TypeId::timestamp, Timestamp> {};
template <> struct ValueType<Duration> : FixedValue<TypeId::duration, Duration> {};
template <> struct ValueType<bool> { static constexpr TypeId id = TypeId::boolean; };
template <> struct ValueType<std::string_view> { static constexpr TypeId id = TypeId::string; };
template <> struct ValueType<Bytes> { static constexpr TypeId id = TypeId::binary; };
template <> struct ValueType<Text> { static constexpr TypeId id = TypeId::string; };
template <> struct ValueType<BinaryText> { static constexpr TypeId id = TypeId::binary; };
// clang-format on

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// What is made from a string once and used for many rows: a regular expression, a date pattern.
/// It is built from (std::string_view, const Session&) and throws RowError for a bad string.
template <class T>
concept Prepared = requires {
  typename T::PreparedFromText;
};

/// Reads the values of one argument.
template <class Value>
class Reader {
 public:
  explicit Reader(const Vector& from)
      : values_(from.column.data<typename ValueType<Value>::Storage>()), mask_(from.mask()) {}
  Value operator()(int64_t row) const { return values_[row & mask_]; }

 private:
  const typename ValueType<Value>::Storage* values_;
  int64_t mask_;
};
template <>
class Reader<bool> {
 public:
  explicit Reader(const Vector& from)
      : bits_(static_cast<const uint8_t*>(from.column.values)), mask_(from.mask()) {}
  bool operator()(int64_t row) const { return Column::bit(bits_, row & mask_); }

 private:
  const uint8_t* bits_;
  int64_t mask_;
};
template <>
class Reader<std::string_view> {
 public:
  explicit Reader(const Vector& from)
      : offsets_(from.column.offsets), bytes_(from.column.bytes), mask_(from.mask()) {}
  std::string_view operator()(int64_t row) const {
    const int64_t at = row & mask_;
    return {bytes_ + offsets_[at], static_cast<size_t>(offsets_[at + 1] - offsets_[at])};
  }

 private:
  const int32_t* offsets_;
  const char* bytes_;
  int64_t mask_;
};
template <>
class Reader<Bytes> : Reader<std::string_view> {
 public:
  using Reader<std::string_view>::Reader;
  Bytes operator()(int64_t row) const { return {Reader<std::string_view>::operator()(row)}; }
};
template <class Value>
class Reader<std::optional<Value>> {
 public:
  explicit Reader(const Vector& from) : values_(from), column_(&from.column), mask_(from.mask()) {}
  std::optional<Value> operator()(int64_t row) const {
    return column_->is_null(row & mask_) ? std::nullopt : std::optional<Value>(values_(row));
  }

 private:
  Reader<Value> values_;
  const Column* column_;
  int64_t mask_;
};

/// Reads strings and keeps what was made from the last one.
template <Prepared Value>
class PreparedReader {
 public:
  PreparedReader(const Vector& from, const Session& session, const Value* constant)
      : texts_(from), session_(session), constant_(constant) {}

  const Value& operator()(int64_t row) {
    if (constant_ != nullptr) return *constant_;
    const auto text = texts_(row);
    if (!last_ || text != last_text_) {
      last_.emplace(text, session_);
      last_text_ = text;
    }
    return *last_;
  }

 private:
  Reader<std::string_view> texts_;
  const Session& session_;
  const Value* constant_;
  std::optional<Value> last_;
  std::string last_text_;
};

}  // namespace millrace
