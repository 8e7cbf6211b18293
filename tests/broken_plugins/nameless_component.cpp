#include "millrace/abi.h"

extern "C" const mr_plugin* millrace_plugin_v1() {
  static const mr_component component{};
  static const mr_component* const components[] = {&component};
  static const mr_plugin plugin{sizeof(mr_plugin), MR_ABI_MAJOR, MR_ABI_MINOR, {"x", 1},
                                {"1", 1},          {"y", 1},     components,   1};
  return &plugin;
}
