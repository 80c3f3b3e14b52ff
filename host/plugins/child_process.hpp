// A child process with one pipe to us, and an end that is certain.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace tapedeck {

// Lifecycle: the destructor kills what still runs and waits for it. Threads: one.
class ChildProcess {
 public:
  // Runs argv[0] with its own process group, default signals, an empty standard input, output and
  // errors thrown away, and the pipe as descriptor `report_fd`; no other descriptor of ours is open
  // in it. Throws std::system_error.
  ChildProcess(const std::vector<std::string> &argv, int report_fd);
  ~ChildProcess();
  ChildProcess(const ChildProcess &) = delete;
  ChildProcess &operator=(const ChildProcess &) = delete;

  // Waits for bytes, `wait` at most, and appends them. False once the pipe is closed.
  bool read(std::string &to, std::chrono::milliseconds wait);

  // Waits for its end, `wait` at most; false: still running.
  bool ended(std::chrono::milliseconds wait);
  int status() const { return status_; }  // as of waitpid(), once ended

  // How long it was ready to run and got no processor; zero where the system does not say.
  std::chrono::milliseconds starved() const;

  void kill();  // the whole process group; then ended() comes true at once

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
  int status_ = 0;
  bool ended_ = false;
};

}  // namespace tapedeck
