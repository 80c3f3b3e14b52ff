#include "child.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace tapedeck::bench {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void become(const std::vector<std::string> &argv,
                         const std::vector<std::string> &variables) {
  for (const std::string &v : variables) {
    const std::size_t equals = v.find('=');
    setenv(v.substr(0, equals).c_str(), v.substr(equals + 1).c_str(), 1);
  }
  std::vector<char *> raw;
  for (const std::string &a : argv) raw.push_back(const_cast<char *>(a.c_str()));
  raw.push_back(nullptr);
  execvp(raw[0], raw.data());
  std::perror(raw[0]);
  _exit(127);
}

// `out` becomes the child's standard output when it is not -1.
pid_t start(const std::vector<std::string> &argv, const std::vector<std::string> &variables,
            int out) {
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid != 0) return pid;
  dup2(out >= 0 ? out : STDERR_FILENO, STDOUT_FILENO);
  become(argv, variables);
}

double seconds(const timeval &t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

void wait_for(pid_t pid, Ended &ended) {
  int status = 0;
  rusage used{};
  while (wait4(pid, &status, 0, &used) < 0)
    if (errno != EINTR) throw std::runtime_error("wait4 failed");
  ended.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ended.cpu_s = seconds(used.ru_utime) + seconds(used.ru_stime);
  ended.max_rss_mb = static_cast<double>(used.ru_maxrss) / 1024;
}

std::string drain(int fd) {
  std::string text;
  char buffer[65536];
  for (ssize_t n = 0; (n = read(fd, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  return text;
}

}  // namespace

Ended run_child(const std::vector<std::string> &argv, const std::vector<std::string> &variables) {
  int pipe_fd[2];
  if (pipe2(pipe_fd, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  Ended ended;
  const auto began = Clock::now();
  const pid_t pid = start(argv, variables, pipe_fd[1]);
  close(pipe_fd[1]);
  ended.out = drain(pipe_fd[0]);
  close(pipe_fd[0]);
  wait_for(pid, ended);
  ended.wall_s = std::chrono::duration<double>(Clock::now() - began).count();
  return ended;
}

Ended run_or_throw(const std::vector<std::string> &argv,
                   const std::vector<std::string> &variables) {
  Ended ended = run_child(argv, variables);
  if (ended.exit_code == 0) return ended;
  std::string command;
  for (const std::string &a : argv) command += a + " ";
  throw std::runtime_error(command + "ended with " + std::to_string(ended.exit_code) + ": " +
                           ended.out);
}

Background::Background(const std::vector<std::string> &argv,
                       const std::vector<std::string> &variables)
    : pid_(start(argv, variables, -1)) {}

Background::~Background() {
  if (pid_ > 0) stop();
}

bool Background::running() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

double Background::cpu_s() const {
  std::ifstream in("/proc/" + std::to_string(pid_) + "/stat");
  std::string text((std::istreambuf_iterator<char>(in)), {});
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

Ended Background::stop() {
  Ended ended;
  kill(pid_, SIGTERM);
  wait_for(pid_, ended);
  pid_ = -1;
  return ended;
}

std::string Simulator::port_file(const std::string &work) {
  const std::string file = work + "/sim.port";
  std::filesystem::remove(file);
  return file;
}

Simulator::Simulator(const std::string &bin, const std::string &work, int cache_mb)
    : process_({bin + "/tapedeck-sim", "--listen", "127.0.0.1:0", "--limits", "off", "--cache-mb",
                std::to_string(cache_mb), "--port-file", port_file(work)}) {
  for (int i = 0; i < 1000 && process_.running(); ++i) {
    std::string port;
    if (std::ifstream(work + "/sim.port") >> port) {
      url_ = "http://127.0.0.1:" + port + "/binance";
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("tapedeck-sim did not come up");
}

}  // namespace tapedeck::bench
