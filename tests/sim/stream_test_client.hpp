// A small WebSocket client for tests: answers pings by itself, waits for what a test expects, and
// reports ends and breaks as values.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sim/simulator.hpp"

namespace tapedeck::sim {

/// How a connection has ended.
struct StreamEnd {
  int close_code = 0;  ///< 0: without a Close frame
  std::string reason;  ///< of the Close frame, or what broke
};

/// Lifecycle: connects in the constructor, reads on a thread of its own until the destructor.
/// Threads: all functions from any thread.
/// Failures: a refused upgrade shows in refusal(); nothing throws.
class StreamTestClient {
 public:
  struct Behaviour {
    bool pongs = true;  ///< answers pings
    bool reads = true;  ///< false: takes nothing off the socket after the upgrade
  };
  using Match = std::function<bool(const std::string &)>;

  /// `path` as in `/binance/stream?streams=btcusdt@trade`.
  StreamTestClient(const Simulator &simulator, const std::string &path)
      : StreamTestClient(simulator.port(), path, Behaviour{}) {}
  StreamTestClient(const Simulator &simulator, const std::string &path, Behaviour behaviour)
      : StreamTestClient(simulator.port(), path, behaviour) {}
  StreamTestClient(std::uint16_t port, const std::string &path, Behaviour behaviour);
  ~StreamTestClient();
  StreamTestClient(const StreamTestClient &) = delete;
  StreamTestClient &operator=(const StreamTestClient &) = delete;

  bool connected() const;
  /// HTTP status of a refused upgrade; 0 when there was no answer.
  int refusal() const { return refusal_; }

  void send(const std::string &text);
  void ping(const std::string &payload = {});
  void pong(const std::string &payload = {});
  void close();
  /// Sends a command and waits for the reply to it; empty when there is none in time.
  std::string command(const std::string &method, const std::string &params = {});
  /// Subscribes to streams and waits for the acknowledgement.
  bool subscribe(const std::vector<std::string> &streams);

  /// All texts so far, in order; replies too.
  std::vector<std::string> texts() const;
  std::size_t count() const;
  /// Payloads of the pings so far.
  std::vector<std::string> pings() const;
  /// How it has ended; nothing while it is open.
  std::optional<StreamEnd> end() const;

  /// Each waits at most `timeout`.
  bool wait_for(const std::function<bool()> &condition) const;
  bool wait_for_count(std::size_t count) const;
  /// The first text that matches, from the first one on.
  std::string wait_for_text(const Match &match) const;
  /// The same for a text that contains `part`.
  std::string wait_for_part(const std::string &part) const;
  std::optional<StreamEnd> wait_for_end() const;
  std::chrono::milliseconds timeout{5'000};

 private:
  struct Socket;
  void read();
  void finish(StreamEnd end);
  void send_frame(const std::string &payload, int flags);

  const Behaviour behaviour_;
  std::unique_ptr<Socket> socket_;
  int refusal_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> texts_;
  std::vector<std::string> pings_;
  std::optional<StreamEnd> end_;
  int next_id_ = 1;
  std::mutex write_mutex_;
  std::thread reader_;
};

}  // namespace tapedeck::sim
