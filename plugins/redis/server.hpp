// One Redis server: its connections, and what is done while it is away.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "connection.hpp"

namespace tapedeck::redis {

// The first call connects. When the server is lost it is looked for by a thread of this object, and until it is
// found every call fails at once: nobody waits for a time-out but who was there when it went.
// Lifecycle: stops its thread when it ends. Threads: any.
// Failures: tapedeck::Error, TDK_UNAVAILABLE while the server is away.
class Server {
 public:
  Server(Host host, Settings settings);
  ~Server();
  Server(const Server &) = delete;
  Server &operator=(const Server &) = delete;

  // What the server says. A command may reach it twice: when a connection breaks it is tried on a new one.
  Reply ask(const Command &command);
  std::vector<Reply> ask(const std::vector<Command> &commands);
  // The same; what the server refuses is thrown.
  Reply demand(const Command &command, const char *doing);
  // Throws when it is an error: what the server complains about is logged once.
  void check(const Reply &reply, const char *doing);

  const Settings &settings() const { return settings_; }

 private:
  enum class State { Unknown, Here, Away };
  using Use = std::function<void(Connection &)>;
  void use(const Use &use);
  std::unique_ptr<Connection> take();
  void give_back(std::unique_ptr<Connection> connection);
  void lost(const std::string &why);
  void found(std::unique_ptr<Connection> connection);
  void look_for_it();
  [[noreturn]] void fail(const std::string &why);

  const Host host_;
  const Settings settings_;
  const Metric up_, losses_;
  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::Unknown;
  std::string why_;               // it is away
  std::int64_t away_since_ = 0;   // monotonic
  std::string complaint_;         // of the server, said once
  std::vector<std::unique_ptr<Connection>> idle_;
  bool ending_ = false;
  std::thread seeker_;  // joinable from the first loss on
};

}  // namespace tapedeck::redis
