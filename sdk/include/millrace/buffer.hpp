#pragma once
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

namespace millrace {

/// A growing array of trivially copyable values that is not cleared when it grows: what columns
/// are built in. `std::vector` would write every byte twice.
template <class Value>
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer(std::move(other)).swap(*this);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { std::free(data_); }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Value* data() { return data_; }
  const Value* data() const { return data_; }
  Value& operator[](size_t i) { return data_[i]; }
  const Value& operator[](size_t i) const { return data_[i]; }
  Value& back() { return data_[size_ - 1]; }

  void reserve(size_t capacity) {
    if (capacity > capacity_) grow(capacity);
  }
  /// New values are not initialised.
  void resize(size_t size) {
    reserve(size);
    size_ = size;
  }
  void clear() { size_ = 0; }
  void push_back(Value value) {
    if (size_ == capacity_) grow(size_ + 1);
    data_[size_++] = value;
  }
  void append(const Value* values, size_t count) {
    if (count == 0) return;
    if (size_ + count > capacity_) grow(size_ + count);
    std::memcpy(data_ + size_, values, count * sizeof(Value));
    size_ += count;
  }
  void append(size_t count, Value value) {
    reserve(size_ + count);
    for (size_t i = 0; i < count; ++i) data_[size_ + i] = value;
    size_ += count;
  }

 private:
  void swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  void grow(size_t least) {
    size_t capacity = capacity_ * 2;
    if (capacity < least) capacity = least;
    if (capacity < 64 / sizeof(Value) + 1) capacity = 64 / sizeof(Value) + 1;
    auto* data = static_cast<Value*>(std::realloc(data_, capacity * sizeof(Value)));
    if (data == nullptr) throw std::bad_alloc();
    data_ = data;
    capacity_ = capacity;
  }

  Value* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace millrace
