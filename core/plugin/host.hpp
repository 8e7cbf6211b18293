#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "millrace/batch.hpp"

/// What the C boundary calls an expression: the engine's own, opaque to plugins.
struct mr_expression {
  virtual ~mr_expression() = default;
  /// One value per row. Thread-safe.
  virtual millrace::Column evaluate(const millrace::Batch& batch) const = 0;
  /// The rows that it was compiled for.
  virtual const std::shared_ptr<const millrace::Schema>& input() const = 0;
};

namespace millrace {

/// What plugins may ask of the engine. Thread-safe.
class HostServices {
 public:
  virtual ~HostServices() = default;
  virtual void log(std::string_view component, int32_t level, std::string_view message) = 0;
  /// A metric's number, 0 on failure.
  virtual uint64_t metric(std::string_view component, int32_t kind, std::string_view name,
                          std::string_view help) = 0;
  virtual void record(uint64_t metric, double value) = 0;
  virtual int64_t now_us() = 0;
  virtual bool stop_requested() = 0;
  /// A source may have more input.
  virtual void input_arrived() = 0;
};

/// The time zone of a pipeline's expressions.
class HostZone {
 public:
  virtual ~HostZone() = default;
  /// The instant when local clocks show `local`, both microseconds since 1970.
  virtual int64_t instant_of(int64_t local) const = 0;
};

/// What holds for every component of a pipeline: what values mean beyond their text, as
/// expressions have it, and how rows travel.
struct HostMeaning {
  bool ansi = true;
  std::shared_ptr<const HostZone> zone;  ///< shared by all components; none for UTC
  bool continuous = false;               ///< rows travel in small rounds
};

/// The services as one component sees them. Lives at least as long as the component.
class ComponentHost {
 public:
  ComponentHost(HostServices& services, std::string pipeline, std::string component,
                HostMeaning meaning);
  ComponentHost(const ComponentHost&) = delete;
  ComponentHost& operator=(const ComponentHost&) = delete;

  const mr_host* get() const { return &host_; }
  /// What the component's Context::job() is from now on. Nobody may be asking meanwhile.
  void set_job(std::string job);
  const std::string& component() const { return component_; }
  const HostZone& zone() const { return *meaning_.zone; }
  HostServices& services() const { return services_; }

 private:
  HostServices& services_;
  std::string pipeline_;
  std::string component_;
  HostMeaning meaning_;
  std::string job_;
  mr_host host_;
};

}  // namespace millrace
