#include "server_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tapedeck::servers {
namespace {

[[noreturn]] void fail(const std::string &what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

// Between fork and exec: only calls that are safe there. 127 when it cannot be.
[[noreturn]] void become(char *const *arguments, char *const *environment, const char *directory, int log,
                         const Account &account) {
  if (account.change && (setgroups(0, nullptr) != 0 || setgid(account.gid) != 0 || setuid(account.uid) != 0)) _exit(127);
  prctl(PR_SET_PDEATHSIG, SIGQUIT);  // after the change of user, which would clear it
  const int null = open("/dev/null", O_RDONLY);
  dup2(null, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  if (chdir(directory) == 0) execve(arguments[0], arguments, environment);
  _exit(127);
}

}  // namespace

Account server_account() {
  if (geteuid() != 0) return {geteuid(), getegid(), false};
  for (const char *name : {"postgres", "nobody"})
    if (const passwd *user = getpwnam(name)) return {user->pw_uid, user->pw_gid, true};
  throw std::runtime_error("a server refuses to run as root, and there is neither a user postgres nor nobody");
}

std::filesystem::path make_server_directory(const std::string &name, const Account &account) {
  std::string pattern = (std::filesystem::temp_directory_path() / (name + "-XXXXXX")).string();
  if (mkdtemp(pattern.data()) == nullptr) fail("making a directory like " + pattern);
  if (account.change && chown(pattern.c_str(), account.uid, account.gid) != 0) fail("giving away " + pattern);
  return pattern;
}

pid_t spawn(const std::vector<std::string> &command, const std::filesystem::path &directory,
            const std::filesystem::path &log, const Account &account) {
  std::vector<std::string> texts = command;
  std::vector<char *> arguments;
  for (auto &t : texts) arguments.push_back(t.data());
  arguments.push_back(nullptr);
  std::string path = "PATH=/usr/bin:/bin", locale = "LC_ALL=C";
  char *environment[] = {path.data(), locale.data(), nullptr};
  const int out = open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  if (out < 0) fail("opening " + log.string());
  const pid_t child = fork();
  if (child == 0) become(arguments.data(), environment, directory.c_str(), out, account);
  close(out);
  if (child < 0) fail("fork");
  return child;
}

int wait_for(pid_t child, int seconds) {
  for (int tries = seconds * 200; tries >= 0; --tries) {
    int status = 0;
    if (waitpid(child, &status, WNOHANG) == child)
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    poll(nullptr, 0, 5);
  }
  return -1;
}

std::string read_text(const std::filesystem::path &file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::uint16_t free_port() {
  const int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool got = s >= 0 && bind(s, reinterpret_cast<sockaddr *>(&address), size) == 0 &&
                   getsockname(s, reinterpret_cast<sockaddr *>(&address), &size) == 0;
  if (!got) fail("looking for a free port");
  close(s);
  return ntohs(address.sin_port);
}

}  // namespace tapedeck::servers
