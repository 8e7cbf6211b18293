#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

// The records that state is written down as:
//
//     section (type 1)   u32 shard, then the component's name
//     data    (type 2)   bytes of the section before it
//
// In a state file they are records of its container. Changes that are so few that they have no file
// are in the commit record, one behind the other, each as u8 type, u32 length, bytes.
namespace millrace::state_records {

inline constexpr std::uint8_t section = 1;
inline constexpr std::uint8_t data = 2;
inline constexpr std::size_t shard_size = 4;

std::string section_text(std::string_view component, std::uint32_t shard);

// How many bytes a record takes in a commit record.
std::size_t size_of(std::string_view record);

void append(std::string& content, std::uint8_t type, std::string_view record);

using Visitor = std::function<void(std::uint8_t type, std::string_view record)>;

// Throws std::invalid_argument where the content is no such sequence; what was visited before may
// not be used then.
void each(std::string_view content, const Visitor& visit);

}  // namespace millrace::state_records
