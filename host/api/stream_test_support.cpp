#include "api/stream_test_support.hpp"

namespace tapedeck::api {

StreamPeer::StreamPeer(std::uint16_t port, int receive_buffer) : wire_(port, receive_buffer) {
  wire_.send(get_text("/api/v1/stream", kHandshake));
  EXPECT_EQ(wire_.answer(true).status, 101);
}

void StreamPeer::send_frame(WsOpcode opcode, std::string_view payload, bool final) {
  std::string frame;
  append_ws_frame(frame, WsRole::Client, opcode, payload, final);
  wire_.send(frame);
}

void StreamPeer::say(std::string_view text) { send_frame(WsOpcode::Text, text); }

std::string StreamPeer::ask(std::string_view text) {
  say(text);
  return next();
}

std::string StreamPeer::next() {
  for (;;) {
    const WsEvent event = reader_.next();
    switch (event.kind) {
      case WsEvent::Kind::Text: return std::string(event.payload);
      case WsEvent::Kind::Ping:
        ++pings_;
        send_frame(WsOpcode::Pong, event.payload);
        break;
      case WsEvent::Kind::Pong: pong_ = event.payload; break;
      case WsEvent::Kind::Close:
        close_code_ = reader_.close().code;
        return "";
      case WsEvent::Kind::Binary:
      case WsEvent::Kind::Failure: ADD_FAILURE() << "the server sent what it must not"; return "";
      case WsEvent::Kind::None: {
        const std::string bytes = wire_.some();
        if (bytes.empty()) return "";
        reader_.append(bytes);
      }
    }
  }
}

StreamTest::StreamTest() {
  const auto series = [](const char *symbol, const char *interval) {
    return Series{symbol, *Interval::parse(interval), TDK_PRICE_TRADE, TDK_ADJ_RAW};
  };
  btc_1m = hub.open_series("crypto", series("BTC/USDT", "1m"));
  btc_5m = hub.open_series("crypto", series("BTC/USDT", "5m"));
  gold = hub.open_series("metals", series("XAU/USD", "1m"));
  btc = hub.open_symbol("crypto", "BTC/USDT");
  live = &hub;
}

StreamTest::~StreamTest() { server.reset(); }  // the hub outlives it

StreamPeer StreamTest::connect(int receive_buffer) {
  if (!server) start();
  return StreamPeer(server->port(), receive_buffer);
}

CandleRow StreamTest::row(std::int64_t close, std::uint32_t state) {
  CandleRow r;
  r.open_time = kStart;
  r.open = 6'500'010;
  r.high = 6'500'100;
  r.low = 6'499'900;
  r.close = close;
  r.volume = 12'500;
  r.price_exp = -2;
  r.volume_exp = -3;
  r.state = state;
  return r;
}

void StreamTest::candle(std::int64_t close, std::uint32_t state) {
  hub.publish(LiveStage::Published, *btc_1m, row(close, state), "binance");
}

Tick StreamTest::quote(std::int64_t bid, std::int64_t sequence) {
  Tick t;
  t.time = kStart + 5'000'000;
  t.sequence = sequence;
  t.bid = bid;
  t.ask = bid + 1;
  t.bid_size = 1'250;
  t.ask_size = 3;
  t.price_exp = -2;
  t.size_exp = -3;
  return t;
}

Tick StreamTest::trade(std::int64_t price, std::uint32_t side, std::int64_t sequence) {
  Tick t;
  t.time = kStart;
  t.sequence = sequence;
  t.last = price;
  t.last_size = 1'500;
  t.price_exp = -2;
  t.size_exp = -3;
  t.flags = TDK_QUOTE_TRADE | side;
  return t;
}

void StreamTest::tick(const Tick &tick) { hub.publish(LiveStage::Published, *btc, {&tick, 1}, "binance"); }

void StreamTest::status(StreamState state, std::string message, std::vector<std::string> symbols) {
  hub.publish({"crypto", "binance", state, std::move(message), std::move(symbols), kStart});
}

}  // namespace tapedeck::api
