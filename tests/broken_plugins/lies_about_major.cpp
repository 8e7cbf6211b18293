// Has the entry of version 1, and a descriptor that says 7.
#include "millrace/abi.h"

extern "C" const mr_plugin* millrace_plugin_v1() {
  static const mr_plugin plugin{sizeof(mr_plugin),          7,       3, {"future", 6}, {"9.9.9", 5},
                                {"a compiler to come", 18}, nullptr, 0};
  return &plugin;
}
