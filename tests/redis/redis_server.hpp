// A redis-server of a test's own: in a directory that goes away, on a port that was free.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tapedeck::testing_redis {

// Lifecycle: serves from the constructor to the destructor, and dies with the thread that started it, whatever
// becomes of the test. Nothing is kept on disk: a restart forgets. Threads: one at a time.
// Failures: std::runtime_error, when there is no redis-server or it does not serve within a minute.
class RedisServer {
 public:
  // `more`: arguments of redis-server, "--requirepass secret" as two words; TLS_PORT among them is another free port.
  explicit RedisServer(std::vector<std::string> more = {});
  ~RedisServer();
  RedisServer(const RedisServer &) = delete;
  RedisServer &operator=(const RedisServer &) = delete;

  std::uint16_t port() const noexcept { return port_; }
  std::string url(int database = 0) const;
  std::uint16_t tls_port() const noexcept { return tls_port_; }
  const std::filesystem::path &directory() const noexcept { return directory_; }

  void stop();      // at once, as by kill -9
  void start();     // again, on the same port
  void freeze();    // takes connections and says nothing
  void thaw();
  // An inline command, "FLUSHALL"; the reply without its marker, of a string its bytes, of an array their number.
  std::string command(const std::string &line, const std::string &password = "") const;

 private:
  bool try_start();
  std::vector<std::string> more_;
  std::filesystem::path directory_;
  std::uint16_t port_ = 0, tls_port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace tapedeck::testing_redis
