#include "plugins/kafka/direct/arrival_watch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

#include "millrace/error.hpp"

namespace millrace::kafka {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto a_little_while = std::chrono::milliseconds(100);
constexpr uint64_t own_event = 0;

}  // namespace

ArrivalWatch::ArrivalWatch()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event own{EPOLLIN, {.u64 = own_event}};
  try {
    if (epoll_ < 0 || event_ < 0 || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, event_, &own) != 0)
      throw std::system_error(errno, std::generic_category());
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error& error) {
    ::close(epoll_);
    ::close(event_);
    throw Error::external(std::string("connections to Kafka cannot be watched: ") + error.what());
  }
}

ArrivalWatch::~ArrivalWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
  ::close(epoll_);
  ::close(event_);
}

uint64_t ArrivalWatch::join(std::function<void()> notice) {
  const std::lock_guard lock(noticing_);
  members_.emplace(++last_, std::move(notice));
  return last_;
}

void ArrivalWatch::leave(uint64_t who) {
  const std::lock_guard lock(noticing_);
  members_.erase(who);
}

void ArrivalWatch::when_readable(uint64_t who, int descriptor) {
  epoll_event wanted{EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, {.u64 = who}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &wanted) == 0) return;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &wanted) != 0) soon(who);
}

void ArrivalWatch::soon(uint64_t who) {
  {
    const std::lock_guard lock(mutex_);
    if (due_.empty()) due_at_ = Clock::now() + a_little_while;
    due_.insert(who);
  }
  wake();
}

void ArrivalWatch::wake() const {
  const uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
}

// How long to wait, in milliseconds; below -1 for the end.
int ArrivalWatch::pause() {
  const std::lock_guard lock(mutex_);
  if (stopping_) return -2;
  if (due_.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_at_ - Clock::now());
  return std::max(static_cast<int>(left.count()), 0);
}

void ArrivalWatch::run() {
  std::array<epoll_event, 64> events;
  for (int timeout_ms = pause(); timeout_ms >= -1; timeout_ms = pause()) {
    const int count =
        ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
    notice_all_due();
    for (int i = 0; i < count; ++i) {
      const auto who = events[static_cast<size_t>(i)].data.u64;
      if (who != own_event) {
        notice(who);
        continue;
      }
      uint64_t ignored = 0;
      [[maybe_unused]] const auto read = ::read(event_, &ignored, sizeof ignored);
    }
  }
}

void ArrivalWatch::notice(uint64_t who) {
  const std::lock_guard lock(noticing_);
  if (const auto found = members_.find(who); found != members_.end()) found->second();
}

void ArrivalWatch::notice_all_due() {
  std::set<uint64_t> due;
  {
    const std::lock_guard lock(mutex_);
    if (Clock::now() >= due_at_) due.swap(due_);
  }
  for (const auto who : due) notice(who);
}

}  // namespace millrace::kafka
