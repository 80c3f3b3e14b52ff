#include "support/process.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <sstream>
#include <stdexcept>

namespace tapedeck::integration {
namespace {

std::vector<std::string> environment_of(const Command &command) {
  auto wanted = command.environment;
  std::vector<std::string> out;
  for (char **e = environ; *e != nullptr; ++e) {
    const std::string entry = *e;
    if (!wanted.contains(entry.substr(0, entry.find('=')))) out.push_back(entry);
  }
  for (const auto &[name, value] : wanted)
    if (!value.empty()) out.push_back(name + "=" + value);
  return out;
}

std::vector<char *> pointers(std::vector<std::string> &texts) {
  std::vector<char *> out;
  for (auto &t : texts) out.push_back(t.data());
  out.push_back(nullptr);
  return out;
}

int memory_file(const char *name) {
  const int fd = memfd_create(name, MFD_CLOEXEC);
  if (fd < 0) throw std::runtime_error(std::string("memfd_create: ") + std::strerror(errno));
  return fd;
}

// Between fork and exec: only calls that are safe there. 127 when it cannot be.
[[noreturn]] void become(const Command &command, char *const *arguments, char *const *environment, int out, int err) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int null = open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  if (command.file_size_limit != 0) {
    const rlimit limit{command.file_size_limit, command.file_size_limit};
    setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, SIG_IGN);  // as on a full disk: the write fails, nobody is killed
  }
  if (command.directory.empty() || chdir(command.directory.c_str()) == 0)
    execve(command.program.c_str(), arguments, environment);
  _exit(127);
}

}  // namespace

Process::Process(const Command &command)
    : out_(memory_file("stdout")), err_(memory_file("stderr")), started_(std::chrono::steady_clock::now()) {
  std::vector<std::string> arguments = {command.program.string()};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  auto environment = environment_of(command);
  const auto argv = pointers(arguments), envp = pointers(environment);
  pid_ = fork();
  if (pid_ == 0) become(command, argv.data(), envp.data(), out_, err_);
  if (pid_ < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  pid_fd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (pid_fd_ < 0) throw std::runtime_error(std::string("pidfd_open: ") + std::strerror(errno));
}

Process::~Process() {
  kill();
  for (const int fd : {pid_fd_, out_, err_}) close(fd);
}

bool Process::running() { return !wait(Millis(0)); }

void Process::signal(int number) const {
  if (!exit_code_) ::kill(pid_, number);
}

std::optional<int> Process::wait(Millis deadline) {
  if (exit_code_) return exit_code_;
  pollfd ended{pid_fd_, POLLIN, 0};
  const auto until = std::chrono::steady_clock::now() + deadline;
  while (::poll(&ended, 1, static_cast<int>(deadline.count())) < 0 && errno == EINTR)
    deadline = std::max(Millis(0), std::chrono::duration_cast<Millis>(until - std::chrono::steady_clock::now()));
  if (ended.revents == 0) return std::nullopt;
  int status = 0;
  waitpid(pid_, &status, 0);
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return exit_code_;
}

void Process::kill() {
  if (exit_code_) return;
  ::kill(pid_, SIGKILL);
  while (!wait(1s)) continue;
}

Millis Process::age() const {
  return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - started_);
}

std::string Process::text_of(int fd) {
  struct stat st {};
  if (fstat(fd, &st) != 0) return {};
  std::string text(static_cast<std::size_t>(st.st_size), '\0');
  const auto n = pread(fd, text.data(), text.size(), 0);
  text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return text;
}

Outcome run(const Command &command, Millis deadline) {
  Process process(command);
  const auto code = process.wait(deadline);
  if (!code)
    throw std::runtime_error(command.program.string() + " still runs after " + std::to_string(deadline.count()) +
                             " ms; it said: " + process.out() + process.err());
  return {*code, process.out(), process.err(), process.age()};
}

std::vector<std::string> lines_of(const std::string &text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

Millis promised(Millis time) {
  const bool to_the_letter = std::getenv("TAPEDECK_LONG") != nullptr;
  return to_the_letter ? time : 6 * time;
}

}  // namespace tapedeck::integration
