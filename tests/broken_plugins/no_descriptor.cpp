#include "millrace/abi.h"

extern "C" const mr_plugin* millrace_plugin_v1() { return nullptr; }
