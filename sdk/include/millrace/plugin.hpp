#pragma once
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/detail/reader_thunks.hpp"
#include "millrace/detail/thunks.hpp"

namespace millrace {

/// Flags of sources.
inline constexpr uint32_t source_payloads = MR_SOURCE_PAYLOADS;
inline constexpr uint32_t source_not_replayable = MR_SOURCE_NOT_REPLAYABLE;
inline constexpr uint32_t source_announces = MR_SOURCE_ANNOUNCES;
/// Flags of formats.
inline constexpr uint32_t format_default_string = MR_FORMAT_DEFAULT_STRING;
inline constexpr uint32_t format_default_binary = MR_FORMAT_DEFAULT_BINARY;
inline constexpr uint32_t format_positional = MR_FORMAT_POSITIONAL;
/// Flags of transforms.
inline constexpr uint32_t transform_separate_inputs = MR_TRANSFORM_SEPARATE_INPUTS;
/// Flags of sinks.
inline constexpr uint32_t sink_encoded = MR_SINK_ENCODED;
inline constexpr uint32_t sink_single_writer = MR_SINK_SINGLE_WRITER;
inline constexpr uint32_t sink_idempotent = MR_SINK_IDEMPOTENT;
inline constexpr uint32_t sink_transactional = MR_SINK_TRANSACTIONAL;
inline constexpr uint32_t sink_decides = MR_SINK_DECIDES;

/// One entry of a plugin's table of contents.
struct Component {
  struct Option {
    mr_option head;
    std::string default_text;
  };
  mr_component head;
  std::vector<Option> options;
};

namespace detail {

template <class Thunks, class Settings>
Component describe(int32_t kind, std::string_view name, std::string_view summary,
                   std::vector<Setting<Settings>> settings, uint32_t flags) {
  Thunks::settings = std::move(settings);
  Component component{
      {sizeof(mr_component), kind, str(name), str(summary), nullptr, 0, flags, &Thunks::table}, {}};
  for (const auto& setting : Thunks::settings)
    component.options.push_back({{sizeof(mr_option),
                                  setting.type(),
                                  setting.flags,
                                  str(setting.name),
                                  {},
                                  str(setting.choices),
                                  str(setting.help)},
                                 setting.default_text()});
  return component;
}

}  // namespace detail

/// Each of these declares that `name` in a configuration makes a T from Settings. The settings are
/// listed once: {"name", &Settings::member, required | secret, "Help.", "choice,choice"}.
template <std::derived_from<Source> T, class Settings>
Component source(std::string_view name, std::string_view summary,
                 std::vector<Setting<Settings>> settings, uint32_t flags = 0) {
  return detail::describe<detail::SourceThunks<T, Settings>>(MR_SOURCE, name, summary,
                                                             std::move(settings), flags);
}
template <std::derived_from<Format> T, class Settings>
Component format(std::string_view name, std::string_view summary,
                 std::vector<Setting<Settings>> settings, uint32_t flags = 0) {
  return detail::describe<detail::FormatThunks<T, Settings>>(MR_FORMAT, name, summary,
                                                             std::move(settings), flags);
}
template <std::derived_from<Transform> T, class Settings>
Component transform(std::string_view name, std::string_view summary,
                    std::vector<Setting<Settings>> settings, uint32_t flags = 0) {
  return detail::describe<detail::TransformThunks<T, Settings>>(MR_TRANSFORM, name, summary,
                                                                std::move(settings), flags);
}
template <std::derived_from<Store> T, class Settings>
Component store(std::string_view name, std::string_view summary,
                std::vector<Setting<Settings>> settings) {
  return detail::describe<detail::StoreThunks<T, Settings>>(MR_STORE, name, summary,
                                                            std::move(settings), 0);
}
/// A store that keeps files: T is the space that all stores of a pipeline live in, made with the
/// settings, a Context and the directory.
template <std::derived_from<StoreSpace> T, class Settings>
Component store_space(std::string_view name, std::string_view summary,
                      std::vector<Setting<Settings>> settings) {
  return detail::describe<detail::SpaceThunks<T, Settings>>(MR_STORE, name, summary,
                                                            std::move(settings), 0);
}
template <std::derived_from<Sink> T, class Settings>
Component sink(std::string_view name, std::string_view summary,
               std::vector<Setting<Settings>> settings, uint32_t flags = 0) {
  if constexpr (std::derived_from<T, TransactionalSink>) flags |= sink_transactional;
  if constexpr (std::derived_from<T, DecidingSink>) flags |= sink_decides;
  return detail::describe<detail::SinkThunks<T, Settings>>(MR_SINK, name, summary,
                                                           std::move(settings), flags);
}
template <std::derived_from<ForeachWriter> T, class Settings>
Component foreach_writer(std::string_view name, std::string_view summary,
                         std::vector<Setting<Settings>> settings, uint32_t flags = 0) {
  return sink<detail::ForeachSink<T, Settings>, Settings>(name, summary, std::move(settings),
                                                          flags);
}
template <std::derived_from<BatchSink> T, class Settings>
Component batch_sink(std::string_view name, std::string_view summary,
                     std::vector<Setting<Settings>> settings, uint32_t flags = 0) {
  return sink<detail::WholeBatchSink<T, Settings>, Settings>(name, summary, std::move(settings),
                                                             flags | sink_single_writer);
}

/// Keeps a plugin's descriptor alive for as long as the plugin is loaded, which is for ever.
class Plugin {
 public:
  Plugin(std::string_view name, std::string_view version, std::vector<Component> components)
      : components_(std::move(components)), options_(components_.size()) {
    for (size_t i = 0; i < components_.size(); ++i) {
      auto& component = components_[i];
      for (auto& option : component.options) {
        option.head.default_text = str(option.default_text);
        options_[i].push_back(&option.head);
      }
      component.head.options = options_[i].data();
      component.head.option_count = options_[i].size();
      heads_.push_back(&component.head);
    }
    head_ = {sizeof(mr_plugin), MR_ABI_MAJOR,    MR_ABI_MINOR,  str(name),
             str(version),      str(built_with), heads_.data(), heads_.size()};
  }
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  const mr_plugin* head() const { return &head_; }

 private:
#ifdef __VERSION__
  static constexpr std::string_view built_with = "compiler " __VERSION__;
#else
  static constexpr std::string_view built_with = "an unknown compiler";
#endif
  std::vector<Component> components_;
  std::vector<std::vector<const mr_option*>> options_;
  std::vector<const mr_component*> heads_;
  mr_plugin head_;
};

}  // namespace millrace

/// The one macro of the SDK: only a macro can define the exported symbol.
#define MILLRACE_PLUGIN(name, version, ...)                                                 \
  extern "C" __attribute__((visibility("default"))) const mr_plugin* millrace_plugin_v1() { \
    static const millrace::Plugin plugin{name, version, {__VA_ARGS__}};                     \
    return plugin.head();                                                                   \
  }                                                                                         \
  static_assert(MR_ABI_MAJOR == 1, "the entry symbol's name carries the major version")
