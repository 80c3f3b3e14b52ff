#include "plugins/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <csignal>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>

extern char **environ;

namespace tapedeck {
namespace {

using Clock = std::chrono::steady_clock;

void check(int error, const char *what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

class Attributes {
 public:
  Attributes() {
    check(posix_spawnattr_init(&raw_), "posix_spawnattr_init");
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&raw_, &none);
    posix_spawnattr_setsigdefault(&raw_, &all);
    posix_spawnattr_setpgroup(&raw_, 0);
    posix_spawnattr_setflags(
        &raw_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~Attributes() { posix_spawnattr_destroy(&raw_); }
  Attributes(const Attributes &) = delete;
  Attributes &operator=(const Attributes &) = delete;
  posix_spawnattr_t raw_;
};

class FileActions {
 public:
  FileActions(int report, int report_fd) {
    check(posix_spawn_file_actions_init(&raw_), "posix_spawn_file_actions_init");
    // First, since the pipe may have got one of the numbers below.
    posix_spawn_file_actions_adddup2(&raw_, report, report_fd);
    posix_spawn_file_actions_addopen(&raw_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&raw_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&raw_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&raw_, report_fd + 1);
  }
  ~FileActions() { posix_spawn_file_actions_destroy(&raw_); }
  FileActions(const FileActions &) = delete;
  FileActions &operator=(const FileActions &) = delete;
  posix_spawn_file_actions_t raw_;
};

// The environment, with the sanitizers told to leave signals alone: a crash must look like one.
std::vector<std::string> child_environment() {
  std::vector<std::string> out;
  for (char **e = environ; *e != nullptr; ++e) out.emplace_back(*e);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  for (const std::string name : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    const char *old = std::getenv(name.c_str());
    std::erase_if(out, [&](const std::string &e) { return e.rfind(name + "=", 0) == 0; });
    out.push_back(name + "=" + (old != nullptr ? old : "") +
                  ":handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0:"
                  "detect_leaks=0");
  }
#endif
  return out;
}

std::vector<char *> pointers(std::vector<std::string> &texts) {
  std::vector<char *> out;
  for (auto &t : texts) out.push_back(t.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string> &argv, int report_fd) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) check(errno, "pipe");
  pipe_ = ends[0];
  // Above the numbers the child gets, where dup2() onto itself would leave it close-on-exec.
  const int report = fcntl(ends[1], F_DUPFD_CLOEXEC, report_fd + 1);
  close(ends[1]);
  auto arguments = argv;
  auto environment = child_environment();
  const Attributes attributes;
  const FileActions actions(report, report_fd);
  const int error = posix_spawn(&pid_, argv[0].c_str(), &actions.raw_, &attributes.raw_,
                                pointers(arguments).data(), pointers(environment).data());
  close(report);
  if (error != 0) close(pipe_);
  check(error, "posix_spawn");
}

ChildProcess::~ChildProcess() {
  kill();
  ended(std::chrono::hours(1));
  close(pipe_);
}

bool ChildProcess::read(std::string &to, std::chrono::milliseconds wait) {
  pollfd fd{pipe_, POLLIN, 0};
  if (poll(&fd, 1, static_cast<int>(wait.count())) <= 0) return true;
  char bytes[8192];
  const ssize_t n = ::read(pipe_, bytes, sizeof bytes);
  if (n > 0) to.append(bytes, static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && errno == EINTR);
}

bool ChildProcess::ended(std::chrono::milliseconds wait) {
  const auto end = Clock::now() + wait;
  while (!ended_) {
    const pid_t got = waitpid(pid_, &status_, WNOHANG);
    ended_ = got == pid_ || (got < 0 && errno == ECHILD);
    if (ended_ || Clock::now() >= end) break;
    std::this_thread::sleep_for(
        std::chrono::milliseconds(1));  // there is no waitpid() with a limit
  }
  return ended_;
}

// proc(5): nanoseconds on a processor, nanoseconds waiting for one, and how often; of its first thread.
std::chrono::milliseconds ChildProcess::starved() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/schedstat");
  std::int64_t ran = 0, waited = 0;
  if (!(file >> ran >> waited)) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds(waited / 1'000'000);
}

void ChildProcess::kill() {
  if (pid_ <= 0 || ended_) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
}

}  // namespace tapedeck
