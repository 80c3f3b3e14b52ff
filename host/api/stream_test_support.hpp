// A hub with two pipelines behind a server, and a WebSocket client that shows every message.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/api_test_support.hpp"
#include "live/live_hub.hpp"
#include "net/ws_frame.hpp"

namespace tapedeck::api {

// The headers of a handshake that is accepted.
inline constexpr std::string_view kHandshake =
    "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

// Threads: one. Its waits end after 10 s, with a test failure.
class StreamPeer {
 public:
  // Connects and shakes hands.
  explicit StreamPeer(std::uint16_t port, int receive_buffer = 0);

  void say(std::string_view text);        // one text message
  void send_frame(WsOpcode opcode, std::string_view payload, bool final = true);
  bool send_bytes(std::string_view bytes) { return wire_.send(bytes); }
  // The next text message, pings answered on the way; "" when the connection has ended.
  std::string next();
  std::string ask(std::string_view text);  // say() and next()
  // What came other than text, once next() has passed it.
  std::uint64_t pings() const { return pings_; }
  const std::string &pong() const { return pong_; }
  std::optional<std::uint16_t> close_code() const { return close_code_; }
  bool reset() const { return wire_.reset(); }
  void leave() { wire_.close(); }

 private:
  RawClient wire_;
  WsReader reader_{WsRole::Client};
  std::uint64_t pings_ = 0;
  std::string pong_;
  std::optional<std::uint16_t> close_code_;
};

// "crypto" streams candles of BTC/USDT 1m and 5m and ticks of BTC/USDT, "metals" candles of XAU/USD 1m.
// ETH/USDT is configured, but streamed by nobody.
class StreamTest : public ApiTest {
 protected:
  StreamTest();
  ~StreamTest() override;
  StreamPeer connect(int receive_buffer = 0);

  void candle(std::int64_t close, std::uint32_t state = TDK_CANDLE_FORMING);  // of BTC/USDT 1m
  static CandleRow row(std::int64_t close, std::uint32_t state);
  static Tick quote(std::int64_t bid, std::int64_t sequence = TDK_NULL_I64);
  static Tick trade(std::int64_t price, std::uint32_t side, std::int64_t sequence = TDK_NULL_I64);
  void tick(const Tick &tick);
  void status(StreamState state, std::string message, std::vector<std::string> symbols = {});

  LiveHub hub;
  std::shared_ptr<const LiveSeries> btc_1m, btc_5m, gold;
  std::shared_ptr<const LiveSymbol> btc;
};

}  // namespace tapedeck::api
