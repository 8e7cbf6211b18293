# What every target of this repository is compiled with. Users' plugins get none of it.
add_library(millrace_warnings INTERFACE)
target_compile_options(millrace_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 at -O3 reports a false overlap in "text" + std::to_string(n), and false bounds of
  # vectors with one shared pointer.
  target_compile_options(millrace_warnings INTERFACE -Wno-restrict
    $<$<CONFIG:Release>:-Wno-array-bounds>)
endif()
# What is installed is hardened; SECURITY.md says against what.
target_compile_options(millrace_warnings INTERFACE
  "$<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2;-fstack-protector-strong;-fcf-protection>")
target_link_options(millrace_warnings INTERFACE "$<$<CONFIG:Release>:-Wl,-z,relro,-z,now,-z,noexecstack>")
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(millrace_warnings INTERFACE -Wno-gnu-statement-expression)  # what librdkafka's macros are made of
endif()
if(MILLRACE_WERROR)
  target_compile_options(millrace_warnings INTERFACE -Werror)
endif()

# Left out of "undefined": object-size sees nothing at -O0, what null finds AddressSanitizer stops at too, and vptr costs a
# tenth of the build; together a quarter. Everything found ends the program, or libFuzzer would not hear of it.
set(find_bugs -fno-omit-frame-pointer -D_GLIBCXX_ASSERTIONS
  -fsanitize=address,undefined -fno-sanitize=null,object-size,vptr -fno-sanitize-recover=all)
if(MILLRACE_SANITIZE STREQUAL "address")
  add_compile_options(${find_bugs})
  add_link_options(-fsanitize=address,undefined)
elseif(MILLRACE_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(MILLRACE_SANITIZE STREQUAL "fuzzer")
  # A check at every access is one more comparison for the fuzzer to trace: a quarter of json's time. The tests replay the
  # corpus with them.
  add_compile_options(${find_bugs} -fno-sanitize=alignment,pointer-overflow -fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=address,undefined)
endif()
