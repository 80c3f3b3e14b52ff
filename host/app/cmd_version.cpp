#include <tapedeck/abi.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/exit_code.hpp"

namespace tapedeck {

int cmd_version() {
  std::printf("tapedeck %s\nplugin ABI %u.%u\nbuilt with g++ %s, %s\n", TAPEDECK_VERSION, TDK_ABI_MAJOR, TDK_ABI_MINOR,
              __VERSION__, TAPEDECK_BUILD_TYPE);
  return kExitOk;
}

}  // namespace tapedeck
