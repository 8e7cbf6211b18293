#pragma once
#include <cstddef>
#include <string_view>

#include "millrace/error.hpp"

namespace millrace {

using Epoch = int64_t;

/// A metric of a plugin, exported as `millrace_plugin_<name>` with the component's labels.
class Metric {
 public:
  Metric() = default;
  Metric(const mr_host& host, uint64_t id) : host_(&host), id_(id) {}
  /// Adds to a counter, sets a gauge, observes in a histogram.
  void record(double value) const {
    if (id_ != 0) host_->record(host_->engine, id_, value);
  }

 private:
  const mr_host* host_ = nullptr;
  uint64_t id_ = 0;
};

/// The pipeline's session time zone, in which text without a zone is read.
class SessionZone {
 public:
  /// UTC.
  SessionZone() = default;
  explicit SessionZone(const mr_host& host) {
    constexpr size_t size_needed = offsetof(mr_host, local_to_instant) + sizeof(void*);
    if (host.size >= size_needed && host.local_to_instant != nullptr) host_ = &host;
  }

  /// The instant when local clocks show `local`, both microseconds since 1970.
  int64_t instant_of(int64_t local) const {
    return host_ == nullptr ? local : host_->local_to_instant(host_->engine, local);
  }

 private:
  const mr_host* host_ = nullptr;
};

/// What a component may ask of the engine. Copies are cheap; every call is thread-safe.
class Context {
 public:
  explicit Context(const mr_host& host) : host_(&host) {}

  void debug(std::string_view message) const { log(MR_LOG_DEBUG, message); }
  void info(std::string_view message) const { log(MR_LOG_INFO, message); }
  void warn(std::string_view message) const { log(MR_LOG_WARN, message); }
  void error(std::string_view message) const { log(MR_LOG_ERROR, message); }

  Metric counter(std::string_view name, std::string_view help) const {
    return metric(MR_COUNTER, name, help);
  }
  Metric gauge(std::string_view name, std::string_view help) const {
    return metric(MR_GAUGE, name, help);
  }
  Metric histogram(std::string_view name, std::string_view help) const {
    return metric(MR_HISTOGRAM, name, help);
  }

  /// The engine's clock, microseconds since 1970; never ask the system instead: tests own time.
  int64_t now_us() const { return host_->now_us(host_->engine); }
  /// Whether the pipeline is stopping: a call that waits should come back within two seconds.
  bool stop_requested() const { return host_->stop_requested(host_->engine) != 0; }
  /// Sources with the flag source_announces: there may be more input than there was.
  void input_arrived() const {
    constexpr size_t size_needed = offsetof(mr_host, input_arrived) + sizeof(void*);
    if (host_->size >= size_needed) host_->input_arrived(host_->engine);
  }
  /// Whether rows travel in small rounds, each of which is wanted downstream at once.
  bool continuous() const {
    constexpr size_t size_needed = offsetof(mr_host, continuous) + sizeof(int32_t);
    return host_->size >= size_needed && host_->continuous != 0;
  }
  /// Sinks, from the first writer on: the id of the checkpoint, by which epochs of one job are told
  /// from those of another. The same in every run on it; empty without one.
  std::string_view job() const {
    constexpr size_t size_needed = offsetof(mr_host, job) + sizeof(mr_str);
    return host_->size >= size_needed ? view(host_->job) : std::string_view();
  }
  std::string_view pipeline() const { return view(host_->pipeline); }
  std::string_view component() const { return view(host_->component); }
  /// Whether overflow and the like are errors (Spark's ANSI mode, the default).
  bool ansi() const { return host_->ansi != 0; }
  SessionZone session_zone() const { return SessionZone(*host_); }

  const mr_host& host() const { return *host_; }

 private:
  void log(int32_t level, std::string_view message) const {
    host_->log(host_->engine, level, str(message));
  }
  Metric metric(int32_t kind, std::string_view name, std::string_view help) const {
    return {*host_, host_->metric(host_->engine, kind, str(name), str(help))};
  }

  const mr_host* host_;
};

}  // namespace millrace
