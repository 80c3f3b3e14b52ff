// One connection to the server, its prepared statements, and errors people can act on.
//
// Lifecycle: connects when it is first needed, and again when it was lost. Threads: one at a time, as the
// instance it belongs to. Failures: every function throws ServerError or Error.
#pragma once

#include "failure.hpp"
#include "params.hpp"
#include "result.hpp"
#include "settings.hpp"

#include <functional>
#include <map>
#include <span>
#include <string>

namespace tapedeck::postgres {

inline constexpr int kOldestServer = 130000;  // as PQserverVersion() has it

class Connection {
 public:
  Connection(const Host &host, const Settings &settings);
  Connection(const Connection &) = delete;
  Connection &operator=(const Connection &) = delete;
  ~Connection();

  // Connects unless it is connected; goes on trying for reconnect_timeout while the server is away.
  void open();
  bool is_open() const { return connection_ != nullptr && PQstatus(connection_.get()) == CONNECTION_OK; }
  void close();
  // How often it was connected: who keeps something of the session compares.
  std::uint64_t session() const { return session_; }

  // A statement prepared once per connection. `sql` must be a literal: its address is the key.
  Result run(const char *sql, const Params &params = {});
  // One that is planned for these parameters and forgotten.
  Result once(const char *sql, const Params &params = {});
  // Several statements without parameters: migrations.
  void script(const std::string &sql);
  // The same prepared statement for `count` rows, sent ahead of the answers: one wait for all of them.
  void run_all(const char *sql, std::uint64_t count, const std::function<void(std::uint64_t, Params &)> &bind);

  // Sends a statement without parameters and returns; receive() waits for its answer.
  void send(const char *sql);
  Result receive();
  bool awaits() const { return awaits_; }
  // Whatever is under way is called off, an open transaction rolled back. Never throws; a connection that
  // cannot be brought to rest is closed.
  void abandon() noexcept;

  // COPY ... FROM STDIN (FORMAT binary).
  void copy_begin(const char *sql);
  void copy_data(std::string_view bytes);
  void copy_end();

  // What is being done, for messages: "storing candles in". What may call it off, or NULL.
  void doing(const char *task, const Cancel *cancel = nullptr) { task_ = task, cancel_ = cancel; }
  const std::string &name() const { return name_; }
  const Host &host() const { return host_; }
  const Settings &settings() const { return settings_; }
  [[noreturn]] void fail(tdk_status status, std::string_view what, std::string_view advice) const;

 private:
  struct Finish {
    void operator()(PGconn *c) const { PQfinish(c); }
  };
  using Handle = std::unique_ptr<PGconn, Finish>;

  Handle connect() const;
  void finish_connecting(Handle &handle) const;
  void set_up();
  void prepare(const char *sql, const Params &params);
  void wait_readable();
  void flush();
  Result next_result();
  Result only_result();
  void call_off() noexcept;
  [[noreturn]] void fail_lost() const;
  [[noreturn]] void fail(const PGresult *result) const;
  void expect(const Result &result) const;
  std::string said(std::string_view what, std::string_view advice) const;

  Host host_;
  Settings settings_;
  std::string name_;
  Handle connection_;
  std::map<const char *, std::string> prepared_;
  std::uint64_t session_ = 0;
  bool awaits_ = false;
  const char *task_ = "opening the store";
  const Cancel *cancel_ = nullptr;
};

}  // namespace tapedeck::postgres
