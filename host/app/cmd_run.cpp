#include "app/commands.hpp"
#include "app/exit_code.hpp"
namespace tapedeck {
int cmd_run(const std::vector<std::string> &) { return kExitError; }
}  // namespace tapedeck
