// What a plugin says of itself, and the beginning of its file. Its pointers are trusted, since its
// code is; everything that they lead to may be nonsense.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "core/plugin/descriptor.hpp"

namespace millrace {
namespace {

/// Takes values from the input until it has none left: then zeros.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  template <class Value>
  Value take() {
    Value value{};
    const size_t bytes = std::min(sizeof value, size_);
    if (bytes != 0) std::memcpy(&value, data_, bytes);
    data_ += bytes;
    size_ -= bytes;
    return value;
  }
  mr_str text() {
    const size_t wanted = take<uint8_t>();
    if (wanted == 255) return {nullptr, 3};
    const size_t bytes = std::min(wanted, size_);
    texts_.emplace_back(reinterpret_cast<const char*>(data_), bytes);
    data_ += bytes;
    size_ -= bytes;
    return {texts_.back().data(), bytes};
  }

 private:
  const uint8_t* data_;
  size_t size_;
  std::deque<std::string> texts_;
};

template <class Struct>
uint32_t size_from(Input& input) {
  const auto less = input.take<uint8_t>();
  return less < 200 ? sizeof(Struct) : less;
}

mr_option option_from(Input& input) {
  mr_option option{};
  option.size = size_from<mr_option>(input);
  option.type = input.take<int8_t>();
  option.flags = input.take<uint32_t>();
  option.name = input.text();
  option.default_text = input.text();
  option.choices = input.text();
  option.help = input.text();
  return option;
}

void read_plugin(Input& input) {
  mr_plugin plugin{};
  plugin.size = size_from<mr_plugin>(input);
  plugin.abi_major = input.take<uint8_t>() < 240 ? MR_ABI_MAJOR : input.take<uint16_t>();
  plugin.abi_minor = input.take<uint16_t>();
  plugin.name = input.text();
  plugin.version = input.text();
  plugin.built_with = input.text();
  std::deque<mr_component> components;
  std::deque<mr_option> options;
  std::deque<std::vector<const mr_option*>> option_lists;
  std::vector<const mr_component*> list;
  for (int left = input.take<uint8_t>() % 5; left > 0; --left) {
    auto& component = components.emplace_back();
    component.size = size_from<mr_component>(input);
    component.kind = input.take<int8_t>();
    component.name = input.text();
    component.summary = input.text();
    component.flags = input.take<uint32_t>();
    component.functions = input.take<uint8_t>() < 250 ? &plugin : nullptr;
    auto& of_this = option_lists.emplace_back();
    for (int more = input.take<uint8_t>() % 5; more > 0; --more)
      of_this.push_back(input.take<uint8_t>() < 250 ? &options.emplace_back(option_from(input))
                                                    : nullptr);
    component.options = of_this.data();
    component.option_count = of_this.size();
    list.push_back(input.take<uint8_t>() < 250 ? &component : nullptr);
  }
  plugin.components = list.data();
  plugin.component_count = list.size();
  for (const auto& type : read_descriptor("fuzzed.so", &plugin))
    if (type.name.empty()) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  try {
    length_of_object("fuzzed.so", {reinterpret_cast<const char*>(data), size});
  } catch (const PluginRefused&) {
  }
  try {
    read_plugin(input);
  } catch (const PluginRefused&) {
  }
  return 0;
}

}  // namespace millrace
