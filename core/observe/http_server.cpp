// civetweb gives one thread to a connection for its life. Connections are closed after each answer,
// so a few threads serve any number of scrapers, and a client that sends nothing loses its thread
// after the request timeout.
#include "core/observe/http_server.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <civetweb.h>
#include <csignal>
#include <pthread.h>
#include <thread>

#include "millrace/error.hpp"

#include "core/observe/connect_once.hpp"

namespace millrace::observe {
namespace {

constexpr const char* text_type = "text/plain; charset=utf-8";

const char* reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

void send(mg_connection* connection, const HttpResponse& response, bool with_body) {
  const std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " +
                           reason_phrase(response.status) +
                           "\r\nContent-Type: " + response.content_type +
                           "\r\nContent-Length: " + std::to_string(response.body.size()) +
                           "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff" +
                           "\r\nConnection: close\r\n\r\n";
  const std::string answer = with_body ? head + response.body : head;
  mg_write(connection, answer.data(), answer.size());
}

HttpResponse not_found(const std::vector<HttpRoute>& routes) {
  std::string body = "Nothing here. There is:\n";
  for (const HttpRoute& route : routes) body += "  " + route.path + "\n";
  return {404, text_type, body};
}

/// Signals of the process belong to the main thread, so the server's threads start with all of
/// them blocked.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

std::optional<HttpAddress> parse_http_address(std::string_view text, std::string_view option) {
  if (text == "off") return std::nullopt;
  const auto bad = [&](const std::string& why) {
    return Error::user(std::string(option) + ": `" + std::string(text) + "` " + why +
                       "; write \"127.0.0.1:9464\", \":9464\" (all addresses) or \"off\"");
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) throw bad("has no port");
  HttpAddress address;
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size()) {
    throw bad("has a port that is not a number from 0 to 65535");
  }
  const std::string_view host = text.substr(0, colon);
  address.host = host.empty() ? "0.0.0.0" : host == "localhost" ? "127.0.0.1" : std::string(host);
  in_addr numeric{};
  if (inet_pton(AF_INET, address.host.c_str(), &numeric) != 1) {
    throw bad("has no numeric IPv4 address");
  }
  return address;
}

HttpResponse answer_request(const std::vector<HttpRoute>& routes, const HttpRequest& request,
                            std::string& handler) {
  handler = "other";
  const auto route = std::ranges::find(routes, request.path, &HttpRoute::path);
  if (route == routes.end()) return not_found(routes);
  handler = route->name;
  if (request.method != "GET" && request.method != "HEAD") return {405, text_type, "Use GET.\n"};
  try {
    return route->handle(request.query);
  } catch (const std::exception& error) {
    return {500, text_type, std::string(error.what()) + "\n"};
  }
}

class HttpServer::Implementation {
 public:
  Implementation(const HttpAddress& address, std::string_view option,
                 std::vector<HttpRoute> the_routes, HttpObserver the_observer);
  ~Implementation();
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;

  uint16_t port = 0;
  std::string host;

 private:
  static int on_request(mg_connection* connection);
  static int on_message(const mg_connection* connection, const char* message);

  std::vector<HttpRoute> routes_;
  HttpObserver observer_;
  mg_context* context_ = nullptr;
  std::atomic<bool> starting_ = true;
  std::string complaint_;  // Of the start.
};

HttpServer::Implementation::Implementation(const HttpAddress& address, std::string_view option,
                                           std::vector<HttpRoute> the_routes,
                                           HttpObserver the_observer)
    : host(address.host), routes_(std::move(the_routes)), observer_(std::move(the_observer)) {
  const std::string listen = host + ":" + std::to_string(address.port);
  std::array options = {"listening_ports",
                        listen.c_str(),
                        "num_threads",
                        "4",
                        "request_timeout_ms",
                        "5000",
                        "max_request_size",
                        "16384",
                        "enable_keep_alive",
                        "no",
                        "connection_queue",
                        "16",
                        static_cast<const char*>(nullptr)};
  mg_callbacks callbacks{};
  callbacks.begin_request = &Implementation::on_request;
  callbacks.log_message = &Implementation::on_message;
  mg_init_data init{&callbacks, this, options.data()};
  mg_init_library(0);
  {
    const BlockedSignals blocked;
    context_ = mg_start2(&init, nullptr);
  }
  if (context_ == nullptr) {
    mg_exit_library();
    throw Error::user(std::string(option) + ": " + complaint_ + "; choose another port with " +
                      std::string(option) + ", or \"off\"");
  }
  starting_ = false;
  mg_server_port ports{};
  mg_get_server_ports(context_, 1, &ports);
  port = static_cast<uint16_t>(ports.port);
}

// While it starts, the first complaint is the cause; later ones are about clients.
int HttpServer::Implementation::on_message(const mg_connection* connection, const char* message) {
  auto& self = *static_cast<Implementation*>(mg_get_user_data(mg_get_context(connection)));
  if (self.starting_ && self.complaint_.empty()) self.complaint_ = message;
  return 1;
}

// civetweb's accepting thread looks whether to stop every two seconds, or when somebody connects.
HttpServer::Implementation::~Implementation() {
  std::atomic<bool> stopped = false;
  std::thread stopping([&] {
    const BlockedSignals blocked;
    mg_stop(context_);
    stopped = true;
  });
  while (!stopped) {
    connect_once(host, port);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  stopping.join();
  mg_exit_library();
}

int HttpServer::Implementation::on_request(mg_connection* connection) {
  const mg_request_info& request = *mg_get_request_info(connection);
  const auto& self = *static_cast<const Implementation*>(request.user_data);
  const auto text = [](const char* from) { return std::string_view(from == nullptr ? "" : from); };
  std::string handler;
  const HttpResponse response = answer_request(
      self.routes_,
      {text(request.request_method), text(request.local_uri), text(request.query_string)}, handler);
  if (self.observer_) self.observer_(handler, response.status);
  send(connection, response, text(request.request_method) != "HEAD");
  return response.status;
}

HttpServer::HttpServer(const HttpAddress& address, std::string_view option,
                       std::vector<HttpRoute> routes, HttpObserver observer)
    : implementation_(std::make_unique<Implementation>(address, option, std::move(routes),
                                                       std::move(observer))) {}

HttpServer::~HttpServer() = default;

uint16_t HttpServer::port() const { return implementation_->port; }

std::string HttpServer::url() const {
  const std::string host = implementation_->host == "0.0.0.0" ? "127.0.0.1" : implementation_->host;
  return "http://" + host + ":" + std::to_string(port());
}

}  // namespace millrace::observe
