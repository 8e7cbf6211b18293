#include "tests/kafka/holding_proxy.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace millrace::kafka {
namespace {

constexpr int end_transaction = 26;
constexpr auto patience = std::chrono::seconds(60);

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool read_all(int from, char* to, size_t size) {
  return size == 0 || ::recv(from, to, size, MSG_WAITALL) == static_cast<ssize_t>(size);
}

bool write_all(int to, const std::string& bytes) {
  return ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

// A request or an answer with the four bytes of its length; empty at the end.
std::string read_frame(int from) {
  std::string frame(4, 0);
  if (!read_all(from, frame.data(), 4)) return "";
  uint32_t size = 0;
  for (const char byte : frame) size = size << 8 | static_cast<unsigned char>(byte);
  frame.resize(4 + size);
  return read_all(from, frame.data() + 4, size) ? frame : "";
}

int api_of(const std::string& request) {
  return request.size() < 6
             ? -1
             : static_cast<unsigned char>(request[4]) << 8 | static_cast<unsigned char>(request[5]);
}

}  // namespace

HoldingProxy::HoldingProxy() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("the proxy cannot listen");
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_clients(); });
}

HoldingProxy::~HoldingProxy() {
  ::shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int each : sockets_) ::shutdown(each, SHUT_RDWR);
  }
  for (auto& each : threads_) each.join();
  for (const int each : sockets_) ::close(each);
  ::close(listener_);
}

void HoldingProxy::accept_clients() {
  for (;;) {
    const int client = ::accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    const int broker = ::socket(AF_INET, SOCK_STREAM, 0);
    const auto address = loopback(broker_port_);
    const std::lock_guard lock(mutex_);
    sockets_.push_back(client);
    sockets_.push_back(broker);
    if (::connect(broker, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::shutdown(client, SHUT_RDWR);
      continue;
    }
    threads_.emplace_back([this, client, broker] {
      while (carry_request(client, broker)) {
      }
      const std::lock_guard guard(mutex_);
      // A connection on which a request waits must stay.
      if (!held_ || held_->broker != broker) ::shutdown(broker, SHUT_RDWR);
    });
    threads_.emplace_back([this, client, broker] { carry_answers(broker, client); });
  }
}

bool HoldingProxy::carry_request(int client, int broker) {
  auto request = read_frame(client);
  if (request.empty()) return false;
  if (api_of(request) == end_transaction) {
    std::unique_lock lock(mutex_);
    if (holding_) {
      holding_ = false;
      held_ = std::make_unique<Frame>(Frame{std::move(request), broker});
      changed_.notify_all();
      return true;
    }
  }
  {
    // What the client sends behind a request that is held waits on the network too.
    const std::lock_guard lock(mutex_);
    if (held_ && held_->broker == broker) return true;
  }
  return write_all(broker, request);
}

void HoldingProxy::carry_answers(int broker, int client) {
  for (;;) {
    const auto answer = read_frame(broker);
    if (answer.empty()) break;
    write_all(client, answer);
    const std::lock_guard lock(mutex_);
    // The answer to what was held comes last on its connection.
    if (held_ && held_->broker == broker && held_->bytes.empty()) {
      held_.reset();
      changed_.notify_all();
    }
  }
  ::shutdown(client, SHUT_RDWR);
}

void HoldingProxy::hold_next_end() {
  const std::lock_guard lock(mutex_);
  holding_ = true;
}

void HoldingProxy::wait_until_held() {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, patience, [&] { return held_ != nullptr; }))
    throw std::runtime_error("no transaction was ended");
}

void HoldingProxy::release() {
  std::unique_lock lock(mutex_);
  const auto bytes = std::exchange(held_->bytes, "");
  if (!write_all(held_->broker, bytes)) throw std::runtime_error("the broker is gone");
  if (!changed_.wait_for(lock, patience, [&] { return held_ == nullptr; }))
    throw std::runtime_error("the broker does not answer");
}

}  // namespace millrace::kafka
