// Serves all WebSocket clients of the stream from one thread, so that none of them holds one of HTTP's.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "api/acceptor.hpp"
#include "api/server_state.hpp"
#include "api/stream_client.hpp"
#include "api/stream_dispatcher.hpp"
#include "api/stream_fan.hpp"

namespace tapedeck::api {

// Lifecycle: serves from its making until stop(). The hub and the server's state outlive it.
// Threads: adopt() any; making and stop() one.
class StreamServer {
 public:
  StreamServer(ServerState &server, LiveHub &hub);
  ~StreamServer();
  StreamServer(const StreamServer &) = delete;
  StreamServer &operator=(const StreamServer &) = delete;

  // A connection whose handshake is done. `received` came behind it. Closed at once after stop().
  void adopt(OwnedFd fd, std::string peer, std::shared_ptr<Counted> place, std::string received);

  // Says Close 1001 to all and ends, in less than 1 s.
  void stop();

 private:
  struct Newcomer {
    ClientPtr client;
    std::string received;
  };
  void run() noexcept;
  void serve();
  void wake(std::vector<ClientPtr> &clients);
  void ring() noexcept;
  bool take_work(std::vector<ClientPtr> &ready, std::vector<Newcomer> &newcomers);
  void welcome(Newcomer newcomer);
  void wait_and_receive(bool busy);
  void receive(const ClientPtr &client);
  void take_events(const ClientPtr &client);
  void on_message(const ClientPtr &client, std::string_view text);
  bool within_rate(StreamClient &client);
  void control(StreamClient &client, WsOpcode opcode, std::string_view payload);
  void flush(const ClientPtr &client);
  void set_blocked(StreamClient &client, bool blocked);
  void cut_slow(const ClientPtr &client);
  void leave(const ClientPtr &client, std::uint16_t code, std::string_view reason, std::string_view before = {});
  void remove(const ClientPtr &client, const char *why, bool reset = false);
  void look_at_time();
  void say_goodbye_to_all();
  Nanos now() const { return server_.ports.clock.monotonic_ns(); }

  ServerState &server_;
  const StreamLimits &limits_;
  StreamFan fan_;
  StreamDispatcher dispatcher_;
  const OwnedFd epoll_, bell_;

  std::mutex mutex_;
  std::vector<ClientPtr> ready_;     // guarded: have something to be sent
  std::vector<Newcomer> newcomers_;  // guarded
  bool asleep_ = false;              // guarded: the thread waits, or is about to
  bool stopping_ = false;            // guarded

  std::unordered_map<int, ClientPtr> clients_;  // the thread's
  std::vector<ClientPtr> again_;                // the thread's: have more than one turn's worth
  std::thread thread_;
};

}  // namespace tapedeck::api
