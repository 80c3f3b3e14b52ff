// A child process: started, watched, stopped, and what it said.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/wait_until.hpp"

namespace tapedeck::integration {

struct Command {
  std::filesystem::path program;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  // added to ours; an empty value removes
  std::filesystem::path directory;                 // empty: ours
  std::uint64_t file_size_limit = 0;               // bytes, RLIMIT_FSIZE; 0: none
};

// How it ended. A signal N is exit code 128 + N, as a shell has it.
struct Outcome {
  int exit_code = -1;
  std::string out, err;
  Millis took{0};
};

// Lifecycle: the child is killed and reaped by the destructor, and dies with the thread that started
// it. Threads: one at a time. Failures: the constructor throws std::runtime_error.
class Process {
 public:
  explicit Process(const Command &command);
  ~Process();
  Process(const Process &) = delete;
  Process &operator=(const Process &) = delete;

  pid_t pid() const noexcept { return pid_; }
  bool running();
  void signal(int number) const;  // only while running
  // The exit code; nothing when the deadline passes first.
  std::optional<int> wait(Millis deadline);
  // SIGKILL, and the end of it.
  void kill();
  std::string out() const { return text_of(out_); }  // so far
  std::string err() const { return text_of(err_); }
  Millis age() const;

 private:
  static std::string text_of(int fd);
  pid_t pid_ = -1;
  int pid_fd_ = -1, out_ = -1, err_ = -1;
  std::optional<int> exit_code_;
  std::chrono::steady_clock::time_point started_;
};

// Runs it to its end. Throws std::runtime_error, with what it said, when the deadline passes first.
Outcome run(const Command &command, Millis deadline = 60s);

// A time that is promised to users. The long tests, on a machine of their own, hold it to the letter; else it is
// several times as long, because what is late there is the machine.
Millis promised(Millis time);

// The lines of a text, without their ends.
std::vector<std::string> lines_of(const std::string &text);

}  // namespace tapedeck::integration
