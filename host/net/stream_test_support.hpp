// What the tests of streams share: a vendor's end of a WebSocket, and a client of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "net/line_stream.hpp"
#include "net/net_test_support.hpp"
#include "net/web_socket.hpp"
#include "net/ws_frame.hpp"
#include "net/ws_handshake.hpp"

namespace tapedeck::testing {

inline std::string header_of(const std::string &head, const std::string &name) {
  const std::size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

inline std::string upgrade_answer(const std::string &head, const std::string &extra = "") {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
         ws_accept_of(header_of(head, "Sec-WebSocket-Key")) + "\r\n" + extra + "\r\n";
}

inline std::string server_frame(WsOpcode opcode, std::string_view payload, bool final = true) {
  std::string out;
  append_ws_frame(out, WsRole::Server, opcode, payload, final);
  return out;
}
inline std::string server_text(std::string_view payload) { return server_frame(WsOpcode::Text, payload); }
inline std::string server_close(std::uint16_t code, std::string_view reason) {
  std::string out;
  append_ws_close(out, WsRole::Server, code, reason);
  return out;
}

// What a client sends next: "text hello", "close 1000 "; empty when it has gone.
class ClientFrames {
 public:
  explicit ClientFrames(Peer &peer) : peer_(peer) {}
  std::string next() {
    for (;;) {
      const WsEvent e = reader_.next();
      switch (e.kind) {
        case WsEvent::Kind::Text: return "text " + std::string(e.payload);
        case WsEvent::Kind::Binary: return "binary " + std::string(e.payload);
        case WsEvent::Kind::Ping: return "ping " + std::string(e.payload);
        case WsEvent::Kind::Pong: return "pong " + std::string(e.payload);
        case WsEvent::Kind::Close: return "close " + std::to_string(reader_.close().code) + " " + reader_.close().reason;
        case WsEvent::Kind::Failure: return "broken: " + reader_.failure().text;
        case WsEvent::Kind::None: break;
      }
      const std::string byte = peer_.read_exactly(1);
      if (byte.empty()) return {};
      reader_.append(byte);
    }
  }

 private:
  Peer &peer_;
  WsReader reader_{WsRole::Server};
};

// Shakes hands, then plays `then`.
inline Scene upgraded(std::function<void(Peer &)> then) {
  return [then = std::move(then)](Peer &p) {
    p.send(upgrade_answer(p.read_head()));
    then(p);
  };
}
inline Scene upgraded(std::string bytes) {
  return upgraded([bytes = std::move(bytes)](Peer &p) {
    p.send(bytes);
    p.hang();
  });
}

template <class F>
Outcome outcome_of_call(F &&f) {
  try {
    f();
    return {};
  } catch (const Error &e) {
    return {e.code(), e.what()};
  }
}

// A client with at most one stream of each kind.
struct StreamRig {
  explicit StreamRig(HttpSettings s = {}) : client(std::move(s), clock) {}

  Outcome open(const std::string &url, const tdk_cancel *cancel = nullptr) {
    request.url = url;
    return outcome_of_call([&] { socket = client.open_web_socket(request, account, cancel); });
  }
  Outcome open_lines(const std::string &url, const tdk_cancel *cancel = nullptr) {
    request.url = url;
    return outcome_of_call([&] { lines = client.open_lines(request, account, cancel); });
  }
  // One receive() of whatever is open; what it brought is appended to `messages`.
  Outcome receive(std::int64_t timeout_ns = 10 * kSecond, const tdk_cancel *cancel = nullptr) {
    return outcome_of_call([&] {
      if (socket)
        socket->receive(timeout_ns, [this](bool is_text, std::string_view m) { return take(is_text ? "" : "binary ", m); },
                        cancel);
      else
        lines->receive(timeout_ns, [this](std::string_view line) { return take("", line); }, cancel);
    });
  }
  // Until `count` messages have come, or a failure.
  Outcome receive_all(std::size_t count) {
    while (messages.size() < count)
      if (const Outcome o = receive(); o.status != TDK_OK) return o;
    return {};
  }
  tdk_status take(const char *kind, std::string_view message) {
    messages.push_back(kind + std::string(message));
    return TDK_OK;
  }

  RecordingClock clock{1'700'000'000 * kSecond};
  HttpClient client;
  HttpRequest request;
  Account *account = nullptr;
  std::unique_ptr<WebSocket> socket;
  std::unique_ptr<LineStream> lines;
  std::vector<std::string> messages;
};

}  // namespace tapedeck::testing
