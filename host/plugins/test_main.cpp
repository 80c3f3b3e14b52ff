// main() of tests that load plugins: the same executable is the probe's child, as the host is.
#include <gmock/gmock.h>

#include <string_view>

#include "plugins/probe_child.hpp"

int main(int argc, char **argv) {
  if (argc == 3 && std::string_view(argv[1]) == "plugin-probe") tapedeck::probe_child_main(argv[2]);
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
