// One setting as it is declared: from this its check, its help, the schema and the docs are made.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace tapedeck {

struct OptionSpec {
  std::string key;
  std::uint32_t type = TDK_OPT_STRING;  // TDK_OPT_*
  std::uint32_t flags = 0;              // TDK_OPT_REQUIRED, TDK_OPT_SECRET
  bool has_default = false;
  std::string default_value;
  std::string help;
  std::vector<std::string> choices;  // empty: any value of the type
};

}  // namespace tapedeck
