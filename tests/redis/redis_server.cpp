#include "redis_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace tapedeck::testing_redis {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  out.sin_port = htons(port);
  return out;
}

class Socket {
 public:
  Socket() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() { close(fd_); }
  Socket(const Socket &) = delete;
  Socket &operator=(const Socket &) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

std::uint16_t free_port() {
  const Socket s;
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(s.fd(), reinterpret_cast<const sockaddr *>(&address), size) != 0 ||
      getsockname(s.fd(), reinterpret_cast<sockaddr *>(&address), &size) != 0)
    throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

std::string read_line(int fd) {
  std::string out;
  for (char c = 0; read(fd, &c, 1) == 1;) {
    out += c;
    if (out.ends_with("\r\n")) return out.substr(0, out.size() - 2);
  }
  throw std::runtime_error("redis-server hung up");
}

// What the child does after fork(): nothing that allocates.
[[noreturn]] void become_server(const std::vector<char *> &arguments, int log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> more) : more_(std::move(more)) {
  std::string name = (std::filesystem::temp_directory_path() / "tapedeck-redis.XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory for redis-server");
  directory_ = name;
  // Somebody may take the port between our look and its use.
  for (int i = 0; i < 5; ++i) {
    port_ = free_port();
    tls_port_ = free_port();
    if (try_start()) return;
  }
  std::ifstream log(directory_ / "log");
  const std::string said{std::istreambuf_iterator<char>(log), {}};
  std::filesystem::remove_all(directory_);
  throw std::runtime_error("redis-server does not start: " + said);
}

RedisServer::~RedisServer() {
  stop();
  std::filesystem::remove_all(directory_);
}

bool RedisServer::try_start() {
  std::vector<std::string> words = {"redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1", "--save", "",
                                    "--appendonly", "no", "--dir", directory_.string()};
  words.insert(words.end(), more_.begin(), more_.end());
  for (auto &word : words)
    if (word == "TLS_PORT") word = std::to_string(tls_port_);
  std::vector<char *> arguments;
  for (auto &word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int log = open((directory_ / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = fork();
  if (pid_ == 0) become_server(arguments, log);
  close(log);
  if (pid_ < 0) throw std::runtime_error("fork failed");
  for (const auto end = std::chrono::steady_clock::now() + kPatience; std::chrono::steady_clock::now() < end;) {
    if (waitpid(pid_, nullptr, WNOHANG) != 0) {
      pid_ = -1;
      return false;
    }
    try {
      const std::string pong = command("PING");
      if (!pong.starts_with("LOADING")) return true;
    } catch (const std::runtime_error &) {
      poll(nullptr, 0, 10);
    }
  }
  stop();
  return false;
}

void RedisServer::stop() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::start() {
  stop();
  if (!try_start()) throw std::runtime_error("redis-server does not start again");
}

void RedisServer::freeze() { kill(pid_, SIGSTOP); }
void RedisServer::thaw() { kill(pid_, SIGCONT); }

std::string RedisServer::url(int database) const {
  return "redis://127.0.0.1:" + std::to_string(port_) + "/" + std::to_string(database);
}

std::string RedisServer::command(const std::string &line, const std::string &password) const {
  const Socket s;
  const sockaddr_in address = loopback(port_);
  if (connect(s.fd(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
    throw std::runtime_error("redis-server does not listen");
  const std::string text = (password.empty() ? "" : "AUTH " + password + "\r\n") + line + "\r\n";
  if (write(s.fd(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("redis-server takes nothing");
  if (!password.empty()) read_line(s.fd());
  const std::string reply = read_line(s.fd());
  if (!reply.starts_with("$") || reply == "$-1") return reply.substr(1);
  std::string bytes(std::stoul(reply.substr(1)), '\0');
  for (std::size_t have = 0; have < bytes.size();) {
    const ssize_t n = read(s.fd(), bytes.data() + have, bytes.size() - have);
    if (n <= 0) throw std::runtime_error("redis-server hung up");
    have += static_cast<std::size_t>(n);
  }
  return bytes;
}

}  // namespace tapedeck::testing_redis
