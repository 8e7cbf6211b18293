#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace millrace::kafka {

/// Stands between clients and a broker, and can keep one request that ends a transaction (EndTxn)
/// until it is told to hand it on, as a slow network would: after the client has given up on it and
/// gone on without.
class HoldingProxy {
 public:
  HoldingProxy();
  ~HoldingProxy();
  HoldingProxy(const HoldingProxy&) = delete;
  HoldingProxy& operator=(const HoldingProxy&) = delete;

  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  /// Where requests go. Before the first client comes.
  void forward_to(int broker_port) { broker_port_ = broker_port; }

  /// Keeps the next request that ends a transaction.
  void hold_next_end();
  /// Waits until it is there.
  void wait_until_held();
  /// Hands it on, and waits for the broker's answer.
  void release();

 private:
  struct Frame {
    std::string bytes;
    int broker = -1;  ///< the connection that it belongs on
  };

  void accept_clients();
  void carry(int client);
  bool carry_request(int client, int broker);
  void carry_answers(int broker, int client);

  int listener_;
  int port_ = 0;
  int broker_port_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool holding_ = false;
  std::unique_ptr<Frame> held_;
  std::vector<int> sockets_;  // to be closed in the end
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace millrace::kafka
