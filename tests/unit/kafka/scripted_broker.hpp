#pragma once
#include <cerrno>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "plugins/kafka/direct/broker_connection.hpp"
#include "plugins/kafka/direct/wire.hpp"
#include "tests/unit/kafka/answer_writer.hpp"

namespace millrace::testing {

// A broker that answers each Fetch with the next step of a script, and waits where there is none.
// One connection at a time.
class ScriptedBroker {
 public:
  ScriptedBroker()
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        event_(::eventfd(0, EFD_CLOEXEC)) {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof place;
    auto* address = reinterpret_cast<sockaddr*>(&place);
    if (::bind(listener_, address, size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, address, &size) != 0)
      throw std::runtime_error("no port");
    port_ = ntohs(place.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~ScriptedBroker() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake();
    thread_.join();
    ::close(event_);
    ::close(listener_);
  }
  ScriptedBroker(const ScriptedBroker&) = delete;
  ScriptedBroker& operator=(const ScriptedBroker&) = delete;

  kafka::Address address() const { return {"127.0.0.1", port_}; }

  // The next Fetch is answered so, under its own number.
  void answer(AnswerWriter writer) {
    then([writer](int32_t number) mutable {
      writer.number = number;
      return framed(writer.bytes());
    });
  }
  void answer(const std::string& batches, int64_t log_end = 900) {
    AnswerWriter writer;
    writer.batches = batches;
    writer.last_stable_offset = log_end;
    answer(std::move(writer));
  }
  // By whatever `bytes` makes of its number; nothing more is sent if `last`.
  void then(std::function<std::string(int32_t number)> bytes, bool last = false,
            bool in_pieces = false) {
    {
      const std::lock_guard lock(mutex_);
      script_.push_back({std::move(bytes), last, in_pieces});
    }
    wake();
  }
  // Versions of Fetch that the broker says it knows.
  void know(int16_t least, int16_t most) {
    say_of_versions([=](int32_t number) { return framed(versions_answer(number, least, most)); });
  }
  // By an empty text it hangs up.
  void say_of_versions(std::function<std::string(int32_t number)> bytes) {
    const std::lock_guard lock(mutex_);
    versions_ = std::move(bytes);
  }
  // The offsets that were asked for, so far.
  std::vector<int64_t> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

  static std::string framed(const std::string& message) {
    std::string whole;
    put_number(whole, static_cast<int32_t>(message.size()));
    return whole + message;
  }

 private:
  struct Step {
    std::function<std::string(int32_t)> bytes;
    bool last = false;
    bool in_pieces = false;
  };

  void wake() const {
    const uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
  }
  // Waits until there is something to read from `socket`. False: the script went on first, or the
  // end has come.
  bool is_readable(int socket) const {
    pollfd waiting[] = {{socket, POLLIN, 0}, {event_, POLLIN, 0}};
    ::poll(waiting, 2, -1);
    if (waiting[1].revents != 0) {
      uint64_t ignored = 0;
      [[maybe_unused]] const auto read = ::read(event_, &ignored, sizeof ignored);
    }
    return waiting[0].revents != 0;
  }
  bool is_stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  void run() {
    while (!is_stopping()) {
      if (!is_readable(listener_)) continue;
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      while (serve(socket)) {
      }
      ::close(socket);
    }
  }
  // Answers the next request. False: the connection is over.
  bool serve(int socket) {
    constexpr int16_t versions_key = 18;
    while (!is_readable(socket))
      if (is_stopping()) return false;
    std::string head(4, '\0');
    if (!receive(socket, head)) return false;
    std::string request(static_cast<size_t>(kafka::read_big_endian<int32_t>(head.data())), '\0');
    if (!receive(socket, request)) return false;
    kafka::WireReader message(request);
    const auto key = message.number<int16_t>();
    message.number<int16_t>();
    const auto number = message.number<int32_t>();
    if (key == versions_key) {
      std::unique_lock lock(mutex_);
      const auto bytes = versions_(number);
      lock.unlock();
      return !bytes.empty() && send(socket, bytes);
    }
    note_offset(message);
    const auto step = next_step(socket);
    if (!step) return false;
    const auto bytes = step->bytes(number);
    if (!step->in_pieces) return send(socket, bytes) && !step->last;
    for (const char byte : bytes)
      if (!send(socket, {&byte, 1})) return false;
    return !step->last;
  }
  void note_offset(kafka::WireReader& message) {
    message.text();
    for (int i = 0; i < 4; ++i) message.number<int32_t>();
    message.number<int8_t>();
    for (int i = 0; i < 3; ++i) message.number<int32_t>();
    message.text();
    for (int i = 0; i < 3; ++i) message.number<int32_t>();
    const auto offset = message.number<int64_t>();
    const std::lock_guard lock(mutex_);
    asked_.push_back(offset);
  }
  // None: the other side has hung up, or the end has come.
  std::optional<Step> next_step(int socket) {
    for (;;) {
      pollfd gone{socket, POLLIN, 0};
      if (::poll(&gone, 1, 0) != 0) return std::nullopt;
      {
        const std::lock_guard lock(mutex_);
        if (stopping_) return std::nullopt;
        if (!script_.empty()) {
          auto step = std::move(script_.front());
          script_.pop_front();
          return step;
        }
      }
      is_readable(socket);
    }
  }
  static bool receive(int socket, std::string& bytes) {
    return ::recv(socket, bytes.data(), bytes.size(), MSG_WAITALL) ==
           static_cast<ssize_t>(bytes.size());
  }
  static bool send(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  int listener_;
  int event_;
  int32_t port_ = 0;
  mutable std::mutex mutex_;
  std::deque<Step> script_;
  std::function<std::string(int32_t)> versions_ = [](int32_t number) {
    return framed(versions_answer(number, 0, 11));
  };
  std::vector<int64_t> asked_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::testing
