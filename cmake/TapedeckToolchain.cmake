# Compiler cache, linker, sanitizers and the warning set of every target of ours.
find_program(TAPEDECK_CCACHE ccache)
if(TAPEDECK_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${TAPEDECK_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TAPEDECK_CCACHE})
endif()
find_program(TAPEDECK_MOLD mold)
if(TAPEDECK_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(TAPEDECK_SANITIZE)
  add_compile_options(-fsanitize=${TAPEDECK_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TAPEDECK_SANITIZE})
  if(TAPEDECK_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()

# Linked PRIVATE by our targets, never exported.
add_library(tapedeck_warnings INTERFACE)
target_compile_options(tapedeck_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual>
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op>
  # GCC 12 at -O2 sees an overlap in "literal" + std::string that is not there (GCC bug 105651), and
  # uninitialised strings inside std::optional (bug 80635). Debug builds keep the second warning.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<CONFIG:Debug>>>:-Wno-maybe-uninitialized>
  $<$<BOOL:${TAPEDECK_WERROR}>:-Werror>)
