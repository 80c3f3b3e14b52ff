#include "child_program.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace tapedeck::testing_kafka {
namespace {

// What the child does after fork(): nothing that allocates.
[[noreturn]] void become(char *const *arguments, int in, int out) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  execvp(arguments[0], arguments);
  _exit(127);
}

}  // namespace

ChildProgram::ChildProgram(std::vector<std::string> command) {
  std::vector<char *> arguments;
  for (auto &word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipe for " + command[0]);
  pid_ = fork();
  if (pid_ == 0) become(arguments.data(), in[0], out[1]);
  close(in[0]);
  close(out[1]);
  in_ = in[1];
  out_ = out[0];
  if (pid_ < 0) throw std::runtime_error("fork failed");
}

ChildProgram::~ChildProgram() {
  finish();
  close(out_);
}

void ChildProgram::write_line(const std::string &line) {
  const std::string text = line + "\n";
  if (write(in_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("the child takes nothing");
}

std::string ChildProgram::read_line() {
  std::string out;
  for (char c = 0; read(out_, &c, 1) == 1; out += c)
    if (c == '\n') return out;
  throw std::runtime_error("the child hung up");
}

std::string ChildProgram::read_all() {
  std::string out;
  char part[65536];
  for (ssize_t n = 0; (n = read(out_, part, sizeof part)) > 0;) out.append(part, static_cast<std::size_t>(n));
  return out;
}

int ChildProgram::finish() {
  if (pid_ < 0) return 0;
  close(in_);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace tapedeck::testing_kafka
