#include "private_postgres.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "server_certificate.hpp"
#include "server_process.hpp"

namespace tapedeck::servers {
namespace {

namespace fs = std::filesystem;

// Where the server's programs are: TAPEDECK_POSTGRES_BIN, or beside the libpq this was built with.
fs::path programs() {
  const char *chosen = std::getenv("TAPEDECK_POSTGRES_BIN");
  const fs::path folder = chosen != nullptr ? chosen : POSTGRES_BIN;
  for (const char *name : {"initdb", "postgres"})
    if (!fs::exists(folder / name))
      throw std::runtime_error("there is no " + (folder / name).string() +
                               "; install postgresql-15 or set TAPEDECK_POSTGRES_BIN");
  return folder;
}

// The server that runs in `data`, by its own record; 0: none. The directory it stands in tells it from a
// stranger who was given the number afterwards.
pid_t recorded_server(const fs::path &data) {
  pid_t pid = 0;
  std::ifstream(data / "postmaster.pid") >> pid;
  std::error_code gone;
  const fs::path there = pid > 0 ? fs::read_symlink("/proc/" + std::to_string(pid) + "/cwd", gone) : fs::path();
  return !gone && there == data ? pid : 0;
}

void end_recorded(const fs::path &data) {
  for (const int signal : {SIGQUIT, SIGKILL}) {
    if (recorded_server(data) == 0) return;
    kill(recorded_server(data), signal);
    for (int i = 0; i < 1000 && recorded_server(data) != 0; ++i) poll(nullptr, 0, 10);
  }
}

// A process that waits for the other end of the pipe to be closed: by the destructor, or by our death.
[[noreturn]] void keep(int pipe, const fs::path &directory, const fs::path &data) {
  setpgid(0, 0);  // a Ctrl-C in the terminal is not for it
  const int null = open("/dev/null", O_RDWR);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, fd);
  char byte = 0;
  while (read(pipe, &byte, 1) > 0 || errno == EINTR) errno = 0;
  end_recorded(data);
  std::error_code ignored;
  fs::remove_all(directory, ignored);
  _exit(0);
}

}  // namespace

PrivatePostgres::PrivatePostgres(PostgresSettings settings) : settings_(std::move(settings)) {
  programs();
  directory_ = make_server_directory("tapedeck-postgres", server_account());
  data_ = directory_ / "data";
  start_keeper();
  make_cluster();
  start();
}

PrivatePostgres::~PrivatePostgres() {
  if (pid_ > 0) end(SIGINT);
  close(lifeline_);
  waitpid(keeper_, nullptr, 0);
}

void PrivatePostgres::start_keeper() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  keeper_ = fork();
  if (keeper_ == 0) {
    close(ends[1]);
    keep(ends[0], directory_, data_);
  }
  close(ends[0]);
  lifeline_ = ends[1];
}

void PrivatePostgres::make_cluster() {
  const fs::path secret = directory_ / "secret";
  std::ofstream(secret) << kPassword << '\n';
  fs::permissions(secret, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
  const pid_t child = spawn({(programs() / "initdb").string(), "-D", data_.string(), "-U", kUser, "-E", "UTF8", "--locale=C",
                             "--no-sync", "--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile=" + secret.string()},
                            directory_, directory_ / "log", server_account());
  if (wait_for(child, 120) != 0) throw std::runtime_error("initdb failed: " + log());
  const fs::path key = directory_ / "key.pem";
  write_certificate(certificate(), key);
  const Account account = server_account();
  for (const fs::path &file : {certificate(), key})
    if (account.change && chown(file.c_str(), account.uid, account.gid) != 0)
      throw std::runtime_error("giving away " + file.string() + " failed");
}

std::string PrivatePostgres::log() const { return read_text(directory_ / "log"); }

std::string PrivatePostgres::connection(const std::string &database) const {
  return "host=" + directory_.string() + " port=" + std::to_string(port_) + " user=" + kUser + " dbname=" + database;
}

bool PrivatePostgres::has_timescaledb() {
  // As PostgreSQL's own build lays its files out, and as Debian does.
  const fs::path bin = programs(), version = bin.parent_path().filename();
  for (const fs::path &share : {bin / "../share", bin / "../share/postgresql", bin / "../../../../share/postgresql" / version})
    if (fs::exists(share / "extension/timescaledb.control")) return true;
  return false;
}

fs::path PrivatePostgres::program(const std::string &name) { return programs() / name; }

void PrivatePostgres::launch() {
  std::vector<std::string> command = {(programs() / "postgres").string(), "-D", data_.string(), "-p", std::to_string(port_)};
  std::vector<std::string> config = {"listen_addresses=127.0.0.1", "unix_socket_directories=" + directory_.string(),
                                     "shared_buffers=32MB",        "max_connections=50",
                                     "log_min_messages=warning",   "ssl=on",
                                     "ssl_cert_file=" + certificate().string(), "ssl_key_file=" + (directory_ / "key.pem").string(),
                                     // Nobody's time zone: whoever forgets that times are UTC notices.
                                     "timezone=America/New_York"};
  if (!settings_.durable) config.insert(config.end(), {"fsync=off", "full_page_writes=off"});
  if (has_timescaledb()) config.insert(config.end(), {"shared_preload_libraries=timescaledb", "timescaledb.telemetry_level=off"});
  config.insert(config.end(), settings_.config.begin(), settings_.config.end());
  for (const auto &c : config) command.insert(command.end(), {"-c", c});
  pid_ = spawn(command, data_, directory_ / "log", server_account());
}

bool PrivatePostgres::accepts() const { return PQping(connection().c_str()) == PQPING_OK; }

// A port may be taken between looking and listening: then another one, at the first start only.
void PrivatePostgres::start() {
  const bool first = port_ == 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (first) port_ = free_port();
    launch();
    for (int tries = 0; tries < 6000; ++tries) {
      if (accepts()) return;
      if (wait_for(pid_, 0) >= 0) break;
      poll(nullptr, 0, 10);
    }
    if (!first) break;
  }
  pid_ = -1;
  throw std::runtime_error("the server does not start: " + log());
}

void PrivatePostgres::end(int signal) {
  kill(pid_, signal);
  if (wait_for(pid_, 60) < 0) {
    kill(pid_, SIGKILL);
    wait_for(pid_, 60);
  }
  pid_ = -1;
}

void PrivatePostgres::stop() { end(SIGINT); }
void PrivatePostgres::crash() { end(SIGQUIT); }

}  // namespace tapedeck::servers
