#include "plugins/kafka/direct/broker_connection.hpp"

#include <cerrno>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include "plugins/kafka/direct/wire.hpp"

namespace millrace::kafka {
namespace {

// As librdkafka's receive.message.max.bytes may be at most.
constexpr int32_t answer_bytes_max = 1'000'000'000;

std::string reason(int code) { return std::generic_category().message(code); }

// A broker whose machine is gone answers nothing at all: asked for a sign of life, it does not give
// one either.
void set_options(int socket) {
  const auto set = [&](int level, int name, int value) {
    ::setsockopt(socket, level, name, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 10);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
}

bool wait_for(int socket, int16_t what, int timeout_ms) {
  pollfd waiting{socket, what, 0};
  const int ready = ::poll(&waiting, 1, timeout_ms);
  return ready > 0 || (ready < 0 && errno != EINTR);
}

// The error that a connection came to, 0 for none.
int connect_to(const addrinfo& place, int socket, int timeout_ms) {
  if (::connect(socket, place.ai_addr, place.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!wait_for(socket, POLLOUT, timeout_ms)) return ETIMEDOUT;
  int code = 0;
  socklen_t size = sizeof code;
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size);
  return code;
}

}  // namespace

BrokerConnection::BrokerConnection(Address address, int timeout_ms) : address_(std::move(address)) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const auto port = std::to_string(address_.port);
  if (const int code = ::getaddrinfo(address_.host.c_str(), port.c_str(), &hints, &found))
    fail(::gai_strerror(code));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> places(found, ::freeaddrinfo);
  int code = EADDRNOTAVAIL;
  for (const auto* place = places.get(); place != nullptr; place = place->ai_next) {
    constexpr int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
    const int made = ::socket(place->ai_family, place->ai_socktype | flags, place->ai_protocol);
    if (made < 0) {
      code = errno;
      continue;
    }
    code = connect_to(*place, made, timeout_ms);
    if (code == 0) {
      socket_ = made;
      set_options(socket_);
      return;
    }
    ::close(made);
  }
  fail(reason(code));
}

BrokerConnection::~BrokerConnection() { ::close(socket_); }

void BrokerConnection::fail(const std::string& what) const {
  throw Disconnected(address_.text() + ": " + what);
}

void BrokerConnection::send(std::string_view framed) {
  constexpr int patience_ms = 5'000;
  while (!framed.empty()) {
    const auto sent = ::send(socket_, framed.data(), framed.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      framed.remove_prefix(static_cast<size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait_for(socket_, POLLOUT, patience_ms)) fail("it takes no request");
    } else if (errno != EINTR) {
      fail(reason(errno));
    }
  }
}

size_t BrokerConnection::read_into(char* to, size_t size) {
  for (;;) {
    const auto got = ::recv(socket_, to, size, 0);
    if (got > 0) {
      bytes_received_ += static_cast<uint64_t>(got);
      return static_cast<size_t>(got);
    }
    if (got == 0) fail("it hung up");
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    if (errno != EINTR) fail(reason(errno));
  }
}

void BrokerConnection::make_room() {
  const auto length = read_big_endian<int32_t>(length_);
  if (length < static_cast<int32_t>(sizeof(int32_t)) || length > answer_bytes_max)
    fail("it sent an answer of " + std::to_string(length) +
         " bytes; is this the port of a Kafka broker without TLS?");
  expected_ = static_cast<size_t>(length);
  received_ = 0;
  // Answers are of like sizes, but one large record must not be kept room for.
  if (expected_ <= room_ && expected_ + (16U << 20U) > room_) return;
  bytes_.reset();
  room_ = expected_ + expected_ / 8;
  bytes_.reset(new char[room_]);  // NOLINT(modernize-make-unique): not to be cleared first.
}

bool BrokerConnection::receive() {
  if (length_read_ == sizeof length_ && received_ == expected_) length_read_ = 0;
  while (length_read_ < sizeof length_) {
    const size_t got = read_into(length_ + length_read_, sizeof length_ - length_read_);
    if (got == 0) return false;
    length_read_ += got;
    if (length_read_ == sizeof length_) make_room();
  }
  while (received_ < expected_) {
    const size_t got = read_into(bytes_.get() + received_, expected_ - received_);
    if (got == 0) return false;
    received_ += got;
  }
  return true;
}

bool BrokerConnection::wait(int timeout_ms) const { return wait_for(socket_, POLLIN, timeout_ms); }

}  // namespace millrace::kafka
