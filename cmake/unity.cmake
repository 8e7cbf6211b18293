# Several source files as one translation unit: headers are read and templates made once for all of them. For builds that
# are made from nothing. Without it a missing #include shows.
option(MILLRACE_UNITY "Compile the source files of a target in batches" OFF)

# millrace_targets_below(FOLDER RESULT): all targets that FOLDER and those below it define.
function(millrace_targets_below folder result)
  get_property(found DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(subfolder ${subfolders})
    millrace_targets_below(${subfolder} below)
    list(APPEND found ${below})
  endforeach()
  set(${result} ${found} PARENT_SCOPE)
endfunction()

# millrace_compile_in_batches(): called last, it finds every target by itself. cmake/unity_batches.py says which files
# go together.
function(millrace_compile_in_batches)
  if(NOT MILLRACE_UNITY)
    return()
  endif()
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # In a batch, g++ takes every file for a header, which ought not to build classes from unnamed namespaces.
    target_compile_options(millrace_warnings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
  else()
    # To clang a parameter in a header hides what an earlier file of the batch keeps to itself.
    target_compile_options(millrace_warnings INTERFACE -Wno-shadow)
  endif()
  millrace_targets_below(${CMAKE_SOURCE_DIR} targets)
  set(lists "")
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    if(NOT type MATCHES "EXECUTABLE|STATIC_LIBRARY|MODULE_LIBRARY")
      continue()
    endif()
    get_target_property(sources ${target} SOURCES)
    get_target_property(folder ${target} SOURCE_DIR)
    list(FILTER sources INCLUDE REGEX "\\.cpp$")
    list(LENGTH sources count)
    if(count GREATER 1)
      list(TRANSFORM sources PREPEND "${folder}/" REGEX "^[^/]")
      set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
      string(APPEND lists "${target};${sources}\n")
    endif()
  endforeach()
  file(WRITE ${CMAKE_BINARY_DIR}/unity/lists "${lists}")
  execute_process(COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/unity_batches.py
    INPUT_FILE ${CMAKE_BINARY_DIR}/unity/lists OUTPUT_FILE ${CMAKE_BINARY_DIR}/unity/batches COMMAND_ERROR_IS_FATAL ANY)
  file(STRINGS ${CMAKE_BINARY_DIR}/unity/batches lines)
  foreach(line IN LISTS lines)
    string(REGEX MATCH "^([^ ]+) ([0-9]+) (.+)$" line ${line})
    set_property(SOURCE ${CMAKE_MATCH_3} TARGET_DIRECTORY ${CMAKE_MATCH_1} PROPERTY
      UNITY_GROUP ${CMAKE_MATCH_1}_${CMAKE_MATCH_2})
  endforeach()
endfunction()
