# tapedeck_add_plugin(NAME SOURCES a.cpp ... [LIBS x ...] [SHARED_RUNTIME])
#
# Builds NAME.so the way the host expects a plugin: one exported symbol, everything resolved at load,
# never unloaded, and the C++ runtime linked in. SHARED_RUNTIME takes the system's libstdc++ instead:
# needed when a library in LIBS is itself a shared C++ library. Sanitizer builds always take it.
set(TAPEDECK_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map)

function(tapedeck_add_plugin name)
  cmake_parse_arguments(ARG "SHARED_RUNTIME" "" "SOURCES;LIBS" ${ARGN})
  add_library(${name} MODULE ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE tapedeck::sdk ${ARG_LIBS})
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so" POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${TAPEDECK_PLUGIN_MAP} SKIP_BUILD_RPATH ON)
  if(TAPEDECK_PLUGIN_OUTPUT_DIRECTORY)
    set_target_properties(${name} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY ${TAPEDECK_PLUGIN_OUTPUT_DIRECTORY})
  endif()
  target_link_options(${name} PRIVATE
    LINKER:--version-script=${TAPEDECK_PLUGIN_MAP} LINKER:-z,now LINKER:-z,nodelete)
  if(NOT TAPEDECK_SANITIZE)
    target_link_options(${name} PRIVATE LINKER:-z,defs)
    get_target_property(languages ${name} SOURCES)
    if(NOT ARG_SHARED_RUNTIME AND languages MATCHES "\\.(cc|cpp|cxx)")
      target_link_options(${name} PRIVATE -static-libstdc++ -static-libgcc)
    endif()
  endif()
endfunction()
