#pragma once
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace millrace::kafka {

/// A connection could not be made, or is no more. Says with whom and why.
class Disconnected : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Address {
  std::string host;
  int32_t port = 0;

  std::string text() const { return host + ":" + std::to_string(port); }
};

/// A TCP connection to a broker, over which requests go out and their answers come in, in turn.
/// Every call throws Disconnected; the connection is of no use afterwards.
class BrokerConnection {
 public:
  /// Waits for the connection, at most for `timeout_ms`.
  BrokerConnection(Address address, int timeout_ms);
  ~BrokerConnection();
  BrokerConnection(const BrokerConnection&) = delete;
  BrokerConnection& operator=(const BrokerConnection&) = delete;

  int descriptor() const { return socket_; }
  const Address& address() const { return address_; }
  /// Sends a request, which is short.
  void send(std::string_view framed);
  /// Takes what there is of the next answer, without waiting. Whether it is whole now.
  bool receive();
  /// Waits until there is something to receive, at most for `timeout_ms`. Whether there is.
  bool wait(int timeout_ms) const;
  /// Over all answers so far.
  uint64_t bytes_received() const { return bytes_received_; }
  /// The answer that is whole, until the next call of receive().
  std::string_view answer() const { return {bytes_.get(), expected_}; }

 private:
  [[noreturn]] void fail(const std::string& what) const;
  size_t read_into(char* to, size_t size);
  void make_room();

  Address address_;
  int socket_ = -1;
  std::unique_ptr<char[]> bytes_;  // NOLINT(modernize-avoid-c-arrays): not to be cleared first.
  size_t room_ = 0;
  char length_[4] = {};
  size_t length_read_ = 0;
  size_t expected_ = 0;  // The bytes of the answer, once its length is known.
  size_t received_ = 0;
  uint64_t bytes_received_ = 0;
};

}  // namespace millrace::kafka
