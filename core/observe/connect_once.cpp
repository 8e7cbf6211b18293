#include "core/observe/connect_once.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace millrace::observe {

void connect_once(const std::string& numeric_host, uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* address = nullptr;
  if (getaddrinfo(numeric_host.c_str(), std::to_string(port).c_str(), &hints, &address) != 0) {
    return;
  }
  const int connection =
      socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK, address->ai_protocol);
  if (connection >= 0) {
    // Without waiting for the answer.
    [[maybe_unused]] const int result = connect(connection, address->ai_addr, address->ai_addrlen);
    close(connection);
  }
  freeaddrinfo(address);
}

}  // namespace millrace::observe
