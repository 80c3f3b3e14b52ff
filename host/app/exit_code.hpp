// What the commands answer the shell.
#pragma once

namespace tapedeck {

enum ExitCode : int {
  kExitOk = 0,
  kExitError = 1,
  kExitConfig = 2,         // the configuration or the command line is wrong
  kExitHoles = 3,          // finished, with holes
  kExitDifferent = 3,      // two sources do not say the same
  kExitUnknownSeries = 4,
};

}  // namespace tapedeck
