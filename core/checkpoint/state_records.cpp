#include "core/checkpoint/state_records.hpp"

#include <array>
#include <stdexcept>

#include "core/checkpoint/container_layout.hpp"

namespace millrace::state_records {
namespace {

constexpr std::size_t head_size = 1 + sizeof(std::uint32_t);

}  // namespace

std::string section_text(std::string_view component, std::uint32_t shard) {
  std::array<char, shard_size> number{};
  container::put(number.data(), shard);
  return std::string(number.data(), number.size()).append(component);
}

std::size_t size_of(std::string_view record) { return head_size + record.size(); }

void append(std::string& content, std::uint8_t type, std::string_view record) {
  std::array<char, head_size> head{static_cast<char>(type)};
  container::put(head.data() + 1, static_cast<std::uint32_t>(record.size()));
  content.append(head.data(), head.size()).append(record);
}

void each(std::string_view content, const Visitor& visit) {
  bool owned = false;
  while (!content.empty()) {
    if (content.size() < head_size) throw std::invalid_argument("changes of state are cut off");
    const auto type = container::get<std::uint8_t>(content.data());
    const auto length = container::get<std::uint32_t>(content.data() + 1);
    content.remove_prefix(head_size);
    if (length > content.size()) throw std::invalid_argument("changes of state are cut off");
    if (type == section && length < shard_size)
      throw std::invalid_argument("a section of changes of state has no owner");
    owned |= type == section;
    if (!owned) throw std::invalid_argument("changes of state begin without a section");
    visit(type, content.substr(0, length));
    content.remove_prefix(length);
  }
}

}  // namespace millrace::state_records
