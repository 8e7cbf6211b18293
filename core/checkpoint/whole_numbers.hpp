#pragma once
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

namespace millrace {

/// The JSON text of a record, whose numbers are all whole and fit into 64 bits: reading another as
/// one would be undefined. Throws what says why it is none.
inline nlohmann::json parse_whole_numbers(const std::string& text) {
  using nlohmann::json;
  return json::parse(text, [](int, json::parse_event_t event, const json& value) {
    if (event == json::parse_event_t::value && value.is_number_float())
      throw std::runtime_error("the number " + value.dump() + " is not a whole one of 64 bits");
    return true;
  });
}

}  // namespace millrace
