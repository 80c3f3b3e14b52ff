// A program that a test talks to through pipes.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace tapedeck::testing_kafka {

// Lifecycle: from the constructor to the destructor, which closes its input and waits for its end; dies with the thread
// that started it. Threads: one at a time. Failures: std::runtime_error.
class ChildProgram {
 public:
  explicit ChildProgram(std::vector<std::string> command);
  ~ChildProgram();
  ChildProgram(const ChildProgram &) = delete;
  ChildProgram &operator=(const ChildProgram &) = delete;

  void write_line(const std::string &line);
  std::string read_line();
  // All it says until it closes its output.
  std::string read_all();
  // Closes its input; its exit code, 128 + N for a signal.
  int finish();
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int in_ = -1, out_ = -1;  // its standard input and output, our ends
};

}  // namespace tapedeck::testing_kafka
