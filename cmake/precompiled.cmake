# What most files read first, parsed once for each kind of target. For builds that are made from nothing; the compiler cache
# does not serve them, and tests/layering/check_includes.py finds what they hide.
option(MILLRACE_PRECOMPILED_HEADERS "Parse the headers that most files read once" OFF)

if(MILLRACE_PRECOMPILED_HEADERS)
  add_compile_options(-pthread)  # g++ takes such headers only where it is called with the same flags.

  set(standard_headers <algorithm> <array> <charconv> <chrono> <cmath> <cstdint> <cstring> <filesystem> <functional>
      <limits> <map> <memory> <mutex> <optional> <ostream> <random> <set> <span> <string> <string_view> <unordered_map>
      <utility> <vector>)
  file(WRITE ${CMAKE_BINARY_DIR}/precompiled/main.cpp "int main() {}\n")

  add_library(millrace_precompiled_core OBJECT ${CMAKE_BINARY_DIR}/precompiled/main.cpp)
  target_link_libraries(millrace_precompiled_core PRIVATE millrace_warnings)
  target_precompile_headers(millrace_precompiled_core PRIVATE ${standard_headers})

  add_library(millrace_precompiled_plugins OBJECT ${CMAKE_BINARY_DIR}/precompiled/main.cpp)
  set_target_properties(millrace_precompiled_plugins PROPERTIES
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(millrace_precompiled_plugins PRIVATE millrace_warnings)
  target_precompile_headers(millrace_precompiled_plugins PRIVATE ${standard_headers})

  find_package(GTest REQUIRED)
  add_executable(millrace_precompiled_tests EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/precompiled/main.cpp)
  target_compile_options(millrace_precompiled_tests PRIVATE $<$<CONFIG:Debug>:-O0>)  # as tests/CMakeLists.txt says
  target_link_libraries(millrace_precompiled_tests PRIVATE GTest::gmock millrace_warnings)
  target_precompile_headers(millrace_precompiled_tests PRIVATE
    ${standard_headers} <fstream> <sstream> <gmock/gmock.h> <gtest/gtest.h>)
endif()

# millrace_precompile(TARGET core|plugins|tests): what the target's files find already parsed.
function(millrace_precompile target kind)
  if(MILLRACE_PRECOMPILED_HEADERS)
    target_precompile_headers(${target} REUSE_FROM millrace_precompiled_${kind})
  endif()
endfunction()
