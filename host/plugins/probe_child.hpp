// The other side of probe_plugin(): what the child process runs.
#pragma once

#include <string>

namespace tapedeck {

// Loads the file, creates what it describes and tries it out, reporting to descriptor 3 (or
// standard output where there is none). Never returns: a plugin that passed is not given the chance
// to crash at exit. Call it from main() before anything else, when argv says so.
[[noreturn]] int probe_child_main(const std::string &file);

}  // namespace tapedeck
