#include "core/plugin/plugin_call.hpp"

#include <algorithm>
#include <mutex>

#include "core/system/fatal_signals.hpp"

namespace millrace {
namespace {

/// Where one thread is. A lock of its own that nobody else wants most of the time: a call is a
/// batch.
struct Place {
  std::mutex mutex;
  const ComponentHost* host = nullptr;
  const char* function = nullptr;
  uint64_t number = 0;
  uint64_t next_number = 0;
};

/// The places of all threads that ever called a plugin and still live.
class Places {
 public:
  void add(Place& place) {
    const std::lock_guard lock(mutex_);
    place.next_number = ++threads_ << thread_shift;
    places_.push_back(&place);
  }

  void remove(const Place& place) {
    const std::lock_guard lock(mutex_);
    std::erase(places_, &place);
  }

  std::vector<CallInProgress> calls() {
    std::vector<CallInProgress> calls;
    const std::lock_guard lock(mutex_);
    for (auto* place : places_) {
      const std::lock_guard still(place->mutex);
      if (place->host != nullptr)
        calls.push_back({place->host->component(), place->function, place->number});
    }
    return calls;
  }

 private:
  static constexpr int thread_shift = 40;

  std::mutex mutex_;
  std::vector<Place*> places_;
  uint64_t threads_ = 0;
};

Places& places() {
  // Never destroyed: threads of plugins may end after main().
  static auto* const all = new Places;
  return *all;
}

// For signal handlers, which may not be the first to ask for it.
thread_local constinit const Place* place_at_hand = nullptr;
// exit() takes the place away before anybody can ask who called it.
thread_local constinit PlaceOfThread left_inside;

Place& place_of_this_thread() {
  struct Registered {
    Registered() {
      places().add(place);
      place_at_hand = &place;
    }
    ~Registered() {
      left_inside = call_of_this_thread();
      place_at_hand = nullptr;
      places().remove(place);
    }
    Registered(const Registered&) = delete;
    Registered& operator=(const Registered&) = delete;
    Place place;
    SignalStack stack;
  };
  thread_local Registered registered;
  return registered.place;
}

}  // namespace

PluginCall::PluginCall(const ComponentParts& parts, const char* function) {
  auto& place = place_of_this_thread();
  const std::lock_guard lock(place.mutex);
  outer_host_ = place.host;
  outer_function_ = place.function;
  outer_number_ = place.number;
  place.host = parts.host.get();
  place.function = function;
  place.number = ++place.next_number;
}

PluginCall::~PluginCall() {
  auto& place = place_of_this_thread();
  const std::lock_guard lock(place.mutex);
  place.host = outer_host_;
  place.function = outer_function_;
  place.number = outer_number_;
}

std::vector<CallInProgress> calls_in_progress() { return places().calls(); }

// Only this thread writes its place, so it reads it without the lock.
PlaceOfThread call_of_this_thread() noexcept {
  if (place_at_hand == nullptr) return left_inside;
  if (place_at_hand->host == nullptr) return {};
  return {place_at_hand->host->component(), place_at_hand->function};
}

}  // namespace millrace
