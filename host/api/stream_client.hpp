// One WebSocket client of the stream.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/acceptor.hpp"
#include "api/outbox.hpp"
#include "api/server_state.hpp"
#include "api/stream_command.hpp"
#include "net/ws_frame.hpp"

namespace tapedeck::api {

// What one subscription is about.
struct Topic {
  Channel channel = Channel::Quotes;
  Series series;         // of candles; else its symbol counts, and the rest is as it is made
  bool operator==(const Topic &) const = default;
};

// Appends a text frame as a server sends it.
void append_text(Frames &frames, std::string_view text);

// Threads: `outbox` and the constants any, the rest the stream server's.
struct StreamClient {
  StreamClient(OwnedFd socket, std::string name, std::shared_ptr<Counted> counted, ServerState &server, Nanos now)
      : fd(std::move(socket)), peer(std::move(name)), slot(std::move(counted)),
        outbox(server.limits.stream.outbox_bytes, server.limits.stream.outbox_messages, server.count.stream_messages),
        reader(WsRole::Server, {.message = server.limits.stream.message_bytes, .buffer = 4096}),
        heard(now), pinged(now), allowance(server.limits.stream.messages_per_second), allowance_at(now) {}

  // For the stream server's thread, which sends before it waits again and need not be told.
  void say(std::string_view text) {
    Frames frame;
    append_text(frame, text);
    outbox.put(frame);
  }

  const OwnedFd fd;
  const std::string peer;
  const std::shared_ptr<Counted> slot;
  Outbox outbox;

  WsReader reader;
  Nanos heard;             // when the last frame came
  Nanos pinged;
  double allowance;        // messages it may send now; negative: how far it went beyond
  Nanos allowance_at;
  std::vector<Topic> topics;  // its subscriptions
  std::set<std::uint64_t> told;  // the numbers of the statuses it was told when it subscribed
  bool blocked = false;    // waits until the socket takes more
  std::optional<Nanos> leaving;  // says goodbye, until then
  bool said_goodbye = false;     // all is sent; it only waits for the client's end
  bool gone = false;             // no longer the server's
};
using ClientPtr = std::shared_ptr<StreamClient>;

}  // namespace tapedeck::api
