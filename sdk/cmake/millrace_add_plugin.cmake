# millrace_add_plugin(NAME SOURCES a.cpp ... [LIBRARIES target ...])
#
# Builds libmillrace_NAME.so so that it exports one symbol, reaches for no engine symbol (the link
# fails if it tries) and stays mapped once loaded (unloading C++ is the classic crash).
set(_millrace_plugin_map ${CMAKE_CURRENT_LIST_DIR}/plugin.map)

function(millrace_add_plugin name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  set(target millrace_plugin_${name})
  add_library(${target} MODULE ${ARG_SOURCES} ${ARG_UNPARSED_ARGUMENTS})
  set_property(GLOBAL APPEND PROPERTY MILLRACE_PLUGIN_TARGETS ${target})
  set_target_properties(${target} PROPERTIES
    PREFIX "lib" OUTPUT_NAME millrace_${name}
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${_millrace_plugin_map})
  if(MILLRACE_PLUGIN_OUTPUT_DIRECTORY)
    set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${MILLRACE_PLUGIN_OUTPUT_DIRECTORY})
  endif()
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_link_libraries(${target} PRIVATE millrace::sdk ${ARG_LIBRARIES})
  if(TARGET millrace_warnings)
    target_link_libraries(${target} PRIVATE millrace_warnings)
  endif()
  target_link_options(${target} PRIVATE
    -Wl,--version-script=${_millrace_plugin_map} -Wl,-z,nodelete)
  # A sanitizer's runtime is resolved from the host, so -z defs holds only without one.
  if(NOT MILLRACE_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
  install(TARGETS ${target} LIBRARY DESTINATION lib/millrace/plugins)
endfunction()
