#pragma once
// Just enough of an HTTP client to talk to the server over a real socket.

#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace millrace::observe {

/// Sends the bytes to 127.0.0.1 and gives everything that comes back until the server closes.
inline std::string send_and_receive(uint16_t port, const std::string& request) {
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      send(connection, request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size())) {
    std::array<char, 4096> part{};
    for (ssize_t size = recv(connection, part.data(), part.size(), 0); size > 0;
         size = recv(connection, part.data(), part.size(), 0)) {
      answer.append(part.data(), static_cast<size_t>(size));
    }
  }
  close(connection);
  return answer;
}

inline std::string get(uint16_t port, const std::string& path, const std::string& method = "GET") {
  return send_and_receive(port, method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

inline std::string body_of(const std::string& answer) {
  const size_t end_of_head = answer.find("\r\n\r\n");
  return end_of_head == std::string::npos ? "" : answer.substr(end_of_head + 4);
}

}  // namespace millrace::observe
