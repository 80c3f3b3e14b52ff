// A PostgreSQL server of a test's own: a fresh cluster in a temporary directory, on a free port of loopback
// and a socket in that directory. A server of the system is neither used nor disturbed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tapedeck::servers {

struct PostgresSettings {
  bool durable = true;                // false: nothing is flushed to the disk, for tests that never crash it
  std::vector<std::string> config{};  // "name=value", as after postgres -c
};

// Lifecycle: it runs from the constructor to the destructor. When this process ends in any other way, a
// keeper process stops the server and removes the directory. As root the server runs as `postgres` or
// `nobody`, because it refuses root. Threads: one at a time. Failures: std::runtime_error with what it said.
class PrivatePostgres {
 public:
  explicit PrivatePostgres(PostgresSettings settings = {});
  ~PrivatePostgres();
  PrivatePostgres(const PrivatePostgres &) = delete;
  PrivatePostgres &operator=(const PrivatePostgres &) = delete;

  static constexpr const char *kHost = "127.0.0.1";
  static constexpr const char *kUser = "postgres";              // may do everything; any local user on the socket
  static constexpr const char *kPassword = "p w'd\\of %tests";  // on loopback: with all that a quoting may trip over
  std::uint16_t port() const noexcept { return port_; }
  const std::filesystem::path &directory() const noexcept { return directory_; }
  const std::filesystem::path &data() const noexcept { return data_; }
  std::filesystem::path certificate() const { return directory_ / "certificate.pem"; }  // which it signed itself
  std::string log() const;
  // For libpq, through the socket, as kUser.
  std::string connection(const std::string &database = "postgres") const;
  static bool has_timescaledb();  // the programs that a server would run
  static std::filesystem::path program(const std::string &name);  // of the same folder, such as psql

  pid_t pid() const noexcept { return pid_; }
  void stop();      // fast: open transactions are rolled back
  void crash();     // as `pg_ctl stop -m immediate`: what it had not written is recovered at the start
  void start();     // accepts connections afterwards
  void restart_immediately() { crash(), start(); }

 private:
  void make_cluster();
  void launch();
  bool accepts() const;
  void end(int signal);
  void start_keeper();

  PostgresSettings settings_;
  std::filesystem::path directory_, data_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1, keeper_ = -1;
  int lifeline_ = -1;  // the keeper acts when this end is closed
};

}  // namespace tapedeck::servers
