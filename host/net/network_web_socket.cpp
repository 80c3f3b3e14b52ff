#include "net/network_web_socket.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "net/receiving.hpp"
#include "net/ws_handshake.hpp"

namespace tapedeck {
namespace {

constexpr std::int64_t kGoodByeNs = 200'000'000;
constexpr std::int64_t kPongNs = 1'000'000'000;     // a pong may take this long
constexpr std::int64_t kPongGapNs = 1'000'000'000;  // pongs count as messages where vendors count
constexpr std::size_t kMaxSent = std::size_t{16} * 1024 * 1024;

bool names_token(const HttpHead &head, std::string_view name, std::string_view token) {
  return std::any_of(head.headers.begin(), head.headers.end(),
                     [&](const auto &h) { return equal_ignoring_case(h.first, name) && has_token(h.second, token); });
}

// Why this answer is no WebSocket, NULL when it is one.
const char *handshake_fault(const HttpHead &head, const std::string &accept, const HttpRequest &rq) {
  if (head.status != 101) return "the vendor did not open a WebSocket";
  if (!names_token(head, "Upgrade", "websocket") || !names_token(head, "Connection", "upgrade"))
    return "the vendor switched to something else than a WebSocket";
  if (head.header("Sec-WebSocket-Accept") != accept) return "the vendor's Sec-WebSocket-Accept is wrong";
  if (!head.header("Sec-WebSocket-Extensions").empty()) return "the vendor chose an extension that was not offered";
  const bool offered = std::any_of(rq.headers.begin(), rq.headers.end(), [](const auto &h) {
    return equal_ignoring_case(h.first, "Sec-WebSocket-Protocol");
  });
  const bool chosen = !head.header("Sec-WebSocket-Protocol").empty();
  return chosen && !offered ? "the vendor chose a subprotocol that was not offered" : nullptr;
}

}  // namespace

std::string http_url_of(std::string_view url) {
  const std::size_t colon = std::min(url.find("://"), url.size());
  const std::string_view scheme = url.substr(0, colon), rest = url.substr(colon);
  if (equal_ignoring_case(scheme, "ws")) return "http" + std::string(rest);
  return equal_ignoring_case(scheme, "wss") ? "https" + std::string(rest) : std::string(url);
}

std::unique_ptr<NetworkWebSocket> NetworkWebSocket::open(StreamCall &call, const HttpRequest &rq,
                                                         std::string text, std::int64_t send_timeout_ns) {
  const std::string key = make_ws_key();
  OpenedStream opened = call.open({{"Upgrade", "websocket"},
                                   {"Connection", "Upgrade"},
                                   {"Sec-WebSocket-Key", key},
                                   {"Sec-WebSocket-Version", "13"}});
  if (const char *fault = handshake_fault(opened.head, ws_accept_of(key), rq)) call.refuse(opened, fault);
  return std::unique_ptr<NetworkWebSocket>(new NetworkWebSocket(std::move(opened), std::move(text), send_timeout_ns));
}

NetworkWebSocket::NetworkWebSocket(OpenedStream opened, std::string text, std::int64_t send_timeout_ns)
    : text_(std::move(text)), send_timeout_ns_(send_timeout_ns), channel_(std::move(opened.channel)) {
  reader_.append(opened.rest);
}

NetworkWebSocket::~NetworkWebSocket() { close(); }

void NetworkWebSocket::require_open() const {
  if (ended_) throw Error(*ended_);
  if (channel_ == nullptr) throw Error(TDK_INVALID_ARGUMENT, text_ + ": the WebSocket was closed by its user");
}

void NetworkWebSocket::lose(tdk_status status, const std::string &why) {
  ended_.emplace(status, text_ + ": " + why);
  channel_.reset();
  if (track_) track_->ended(why);
}

void NetworkWebSocket::end(tdk_status status, const std::string &why) {
  lose(status, why);
  throw Error(*ended_);
}

void NetworkWebSocket::send(bool is_text, std::string_view payload, const tdk_cancel *cancel) {
  require_open();
  if (payload.size() > kMaxSent) throw Error(TDK_INVALID_ARGUMENT, text_ + ": a message over 16 MiB is not sent");
  if (is_text && !is_utf8(payload)) throw Error(TDK_INVALID_ARGUMENT, text_ + ": text that is not UTF-8 is not sent");
  heed(cancel, text_);
  IoScope scope(cancel, send_timeout_ns_);
  scope.begin("sending a message", send_timeout_ns_);
  out_.clear();
  append_ws_frame(out_, WsRole::Client, is_text ? WsOpcode::Text : WsOpcode::Binary, payload);
  try {
    channel_->send(out_, scope);
  } catch (const NetFailure &failure) {
    lose(TDK_UNAVAILABLE, failure.what());  // half a frame may have left
    throw Error(failure.code(), ended_->what());
  }
  if (track_) track_->sent(is_text, payload);
}

tdk_status NetworkWebSocket::receive(std::int64_t timeout_ns, const MessageHandler &on_message,
                                     const tdk_cancel *cancel) {
  require_open();
  timeout_ns = std::max<std::int64_t>(timeout_ns, 0);
  IoScope scope(cancel, timeout_ns);
  try {
    bool handed = false;
    for (bool first = true;; first = false) {
      heed(cancel, text_);
      const tdk_status status = hand_over(on_message, handed);
      if (pong_ && channel_ && pong_wait_ns() <= 0) send_pong();
      if (status != TDK_OK || handed) return status;
      if (!first && scope.left_ns() <= 0) return TDK_OK;  // one who drips bytes never lets us wait
      if (!read_more(scope, timeout_ns)) return TDK_OK;
    }
  } catch (const NetFailure &failure) {
    if (failure.fault() == NetFault::Cancelled || failure.fault() == NetFault::CallerTimeout)
      throw Error(failure.code(), text_ + ": " + failure.what());
    end(failure.code() == TDK_BAD_DATA ? TDK_BAD_DATA : TDK_UNAVAILABLE, failure.what());
  }
}

// Hands over what the buffer holds. `handed` becomes true with the first message.
tdk_status NetworkWebSocket::hand_over(const MessageHandler &on_message, bool &handed) {
  const Receiving receiving(receiving_, text_);
  while (channel_ != nullptr) {
    const WsEvent event = reader_.next();
    switch (event.kind) {
      case WsEvent::Kind::None: return TDK_OK;
      case WsEvent::Kind::Pong: break;
      case WsEvent::Kind::Ping: pong_.emplace(event.payload); break;
      case WsEvent::Kind::Close: on_close(); break;
      case WsEvent::Kind::Failure: on_breach(); break;
      case WsEvent::Kind::Text:
      case WsEvent::Kind::Binary: {
        const bool is_text = event.kind == WsEvent::Kind::Text;
        if (track_) track_->received(is_text, event.payload);
        handed = true;
        if (const tdk_status status = on_message(is_text, event.payload); status != TDK_OK) return status;
      }
    }
  }
  if (ended_) throw Error(*ended_);  // lost by what the handler sent
  return TDK_STOP;                   // the handler closed it
}

// False: the time is up.
bool NetworkWebSocket::read_more(IoScope &scope, std::int64_t timeout_ns) {
  if (track_) track_->flush();
  for (;;) {
    scope.begin("waiting for a message", std::clamp<std::int64_t>(pong_wait_ns(), 0, timeout_ns));
    try {
      const auto room = reader_.room();
      const std::size_t size = channel_->receive(room, scope);
      if (size == 0)
        end(TDK_UNAVAILABLE, reader_.inside_message() ? "the vendor closed the connection in the middle of a message"
                                                      : "the vendor closed the connection without a Close frame");
      reader_.filled(size);
      return true;
    } catch (const NetFailure &failure) {
      if (failure.fault() != NetFault::Timeout) throw;
    }
    scope.forget_failure();
    if (pong_ && pong_wait_ns() <= 0) send_pong();
    if (scope.left_ns() <= 0) return false;
  }
}

std::int64_t NetworkWebSocket::pong_wait_ns() const {
  if (!pong_) return INT64_MAX;
  if (last_pong_ns_ == INT64_MIN) return 0;
  return last_pong_ns_ + kPongGapNs - system_clock().monotonic_ns();
}

// Waits on its own time: a receive() that does not wait must not lose the connection by a full socket.
void NetworkWebSocket::send_pong() {
  IoScope scope(nullptr, kPongNs);
  scope.begin("answering a ping", kPongNs);
  out_.clear();
  append_ws_frame(out_, WsRole::Client, WsOpcode::Pong, *pong_);
  pong_.reset();
  last_pong_ns_ = system_clock().monotonic_ns();
  try {
    channel_->send(out_, scope);
  } catch (const NetFailure &failure) {
    end(TDK_UNAVAILABLE, failure.what());
  }
}

void NetworkWebSocket::on_close() {
  const WsClose &close = reader_.close();
  say_good_bye(close.code, "");
  std::string why = "closed by the vendor";
  if (close.code != WsCloseCode::kNone) why += ": " + std::to_string(close.code);
  if (!close.reason.empty()) why += " " + printable(close.reason);
  end(TDK_UNAVAILABLE, why);
}

void NetworkWebSocket::on_breach() {
  const WsFailure &failure = reader_.failure();
  say_good_bye(failure.close_code, failure.text);
  end(TDK_BAD_DATA, "the vendor broke the WebSocket protocol: " + failure.text);
}

void NetworkWebSocket::say_good_bye(std::uint16_t code, std::string_view reason) noexcept {
  try {
    IoScope scope(nullptr, kGoodByeNs);
    scope.begin("closing", kGoodByeNs);
    out_.clear();
    append_ws_close(out_, WsRole::Client, code, reason);
    channel_->send(out_, scope);
  } catch (const std::exception &) {
    return;  // who does not listen is left without a word
  }
}

void NetworkWebSocket::close() noexcept {
  if (channel_ != nullptr) say_good_bye(WsCloseCode::kNormal, "");
  channel_.reset();
  track_.reset();
}

}  // namespace tapedeck
