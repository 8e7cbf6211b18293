#pragma once
// One small HTTP server for everything. Handlers only read; they run on the server's own threads.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::observe {

struct HttpAddress {
  std::string host;  ///< Numeric IPv4 address: Debian builds civetweb without IPv6.
  uint16_t port = 0;
};

/// "127.0.0.1:9464", "localhost:0", ":9464" (all addresses), "off" (no server). Throws Error{user}
/// when it is none of them; `option` names the option in the message.
std::optional<HttpAddress> parse_http_address(std::string_view text, std::string_view option);

struct HttpResponse {
  int status = 200;
  std::string content_type;
  std::string body;
};

struct HttpRoute {
  std::string path;  ///< Matched exactly.
  std::string name;  ///< Value of the label `handler`.
  std::function<HttpResponse(std::string_view query)> handle;
};

struct HttpRequest {
  std::string_view method;
  std::string_view path;
  std::string_view query;
};

/// The answer to any request; `handler` becomes the name of the route, or "other".
HttpResponse answer_request(const std::vector<HttpRoute>& routes, const HttpRequest& request,
                            std::string& handler);

/// Called after each answer with the route's name ("other" for unknown paths) and the status.
using HttpObserver = std::function<void(std::string_view handler, int status)>;

class HttpServer {
 public:
  /// Listens at once. Throws Error{user} when the address cannot be had, naming `option`.
  HttpServer(const HttpAddress& address, std::string_view option, std::vector<HttpRoute> routes,
             HttpObserver observer);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  uint16_t port() const;    ///< The real one, also when 0 was asked for.
  std::string url() const;  ///< "http://127.0.0.1:9464"

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace millrace::observe
