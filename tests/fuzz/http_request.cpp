// A request as the HTTP server hands it to our code, METHOD PATH?QUERY, and an address to listen
// on.
#include <cstdint>
#include <sstream>
#include <string_view>

#include "millrace/error.hpp"

#include "core/observe/monitor.hpp"
#include "core/system/manual_clock.hpp"

namespace millrace::observe {
namespace {

/// A pipeline's pages, without a server.
struct Pages {
  std::ostringstream text;
  Log log{{}, text};
  ManualClock clock{1};
  Monitor monitor{{"fuzzed", "job", "run", "", "", {}}, {}, clock, log};
  std::vector<HttpRoute> routes = monitor.routes();
};

std::string_view until(char end, std::string_view& text) {
  const auto at = text.find(end);
  const auto part = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return part;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Pages pages;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    parse_http_address(text, "listen");
  } catch (const Error&) {
  }
  HttpRequest request;
  request.method = until(' ', text);
  request.path = until('?', text);
  request.query = text;
  std::string handler;
  const auto response = answer_request(pages.routes, request, handler);
  if (response.status < 200 || response.status > 599 || response.body.empty()) __builtin_trap();
  return 0;
}

}  // namespace millrace::observe
