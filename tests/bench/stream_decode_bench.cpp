// How fast messages of Binance's streams are decoded, from bytes in memory, on one core.
//
//   stream_decode_bench WIRE ROUNDS            the parser alone
//   stream_decode_bench WIRE ROUNDS delivered  run_stream() through the ABI's table, to a sink
//
// WIRE has a message a line. Prints {"messages", "seconds", "cpu_seconds"}; the first round is not
// timed.
#include "binance.hpp"
#include "parse_stream.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <stdexcept>

namespace {

using Lines = std::vector<std::string>;

Lines read_lines(const char *file) {
  std::ifstream in(file);
  Lines out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  if (out.empty()) throw std::runtime_error(std::string("no messages in ") + file);
  return out;
}

class Stopwatch {
 public:
  void print(std::size_t messages) const {
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began_;
    const double cpu = static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC;
    std::printf("{\"messages\": %zu, \"seconds\": %.6f, \"cpu_seconds\": %.6f}\n", messages,
                wall.count(), cpu);
  }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::clock_t cpu_ = std::clock();
};

std::int64_t decode(const Lines &lines) {
  binance::StreamMessage m{};
  std::int64_t sum = 0;
  for (const std::string &line : lines) {
    binance::parse_stream_message(line, m);
    const bool trade = m.kind == binance::StreamMessage::Kind::Trade;
    if (!trade && m.kind != binance::StreamMessage::Kind::BookTicker)
      throw std::runtime_error("neither trade nor bookTicker: " + line);
    sum += trade ? m.trade.price : m.book.bid;
  }
  return sum;
}

void measure_parser(const Lines &lines, std::size_t rounds) {
  std::int64_t sum = decode(lines);
  const Stopwatch watch;
  for (std::size_t i = 0; i < rounds; ++i) sum += decode(lines);
  watch.print(rounds * lines.size());
  if (sum == 0) throw std::runtime_error("nothing was read");
}

// A host whose WebSocket acknowledges the subscription, hands over all lines at each receive(), and
// is lost after the last round.
struct Replay {
  const Lines *lines;
  std::size_t rounds_left;
  std::size_t rounds_done = 0, quotes = 0;
  std::optional<Stopwatch> watch;

  tdk_status receive(const tdk_ws_sink *sink) {
    const auto hand_over = [&](const std::string &text) {
      return sink->on_message(sink->ctx, 1,
                              {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()});
    };
    if (rounds_done++ == 0) return hand_over(R"({"result":null,"id":1})");
    if (rounds_done == 3) watch.emplace();
    if (rounds_left-- == 0) return TDK_UNAVAILABLE;
    for (const std::string &line : *lines)
      if (const tdk_status s = hand_over(line); s != TDK_OK) return s;
    return TDK_OK;
  }
};

Replay &of(const tdk_host *h) { return *static_cast<Replay *>(h->ctx); }

tdk_host_websocket replaying_websocket() {
  tdk_host_websocket t{};
  t.struct_size = sizeof t;
  t.open = [](const tdk_host *h, const tdk_http_request *, const tdk_cancel *, tdk_ws **out,
              tdk_error *) -> tdk_status {
    *out = reinterpret_cast<tdk_ws *>(&of(h));
    return TDK_OK;
  };
  t.send = [](tdk_ws *, std::int32_t, const void *, std::uint64_t, const tdk_cancel *,
              tdk_error *) -> tdk_status { return TDK_OK; };
  t.receive = [](tdk_ws *ws, std::int64_t, const tdk_ws_sink *sink, const tdk_cancel *,
                 tdk_error *) -> tdk_status {
    return reinterpret_cast<Replay *>(ws)->receive(sink);
  };
  t.close = [](tdk_ws *) {};
  return t;
}

tdk_status list_btcusdt(const tdk_host *, const tdk_http_request *, const tdk_http_sink *sink,
                        const tdk_cancel *, tdk_error *) {
  static constexpr std::string_view kInfo =
      R"({"symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT"}]})";
  tdk_http_response r{};
  r.struct_size = sizeof r;
  r.status = 200;
  r.body = {reinterpret_cast<const std::uint8_t *>(kInfo.data()), kInfo.size()};
  return sink->on_response(sink->ctx, &r);
}

const void *interface_of(const tdk_host *, const char *iid) {
  static const tdk_host_websocket websocket = replaying_websocket();
  static const tdk_host_http http{sizeof http, 0, &list_btcusdt};
  if (!std::strcmp(iid, TDK_IID_HOST_WEBSOCKET)) return &websocket;
  return std::strcmp(iid, TDK_IID_HOST_HTTP) ? nullptr : &http;
}

tdk_series series_of(std::uint32_t price_type) {
  tdk_series s{};
  s.struct_size = sizeof s;
  s.symbol = tapedeck::str("BTC/USDT");
  s.price_type = price_type;
  return s;
}

void measure_delivery(const Lines &lines, std::size_t rounds) {
  Replay replay{&lines, rounds + 1, 0, 0, {}};
  tdk_host host{};
  host.struct_size = sizeof host;
  host.ctx = &replay;
  host.get_interface = &interface_of;
  host.now_ns = [](const tdk_host *) -> std::int64_t {
    return std::chrono::steady_clock::now().time_since_epoch().count();
  };
  host.monotonic_ns = host.now_ns;
  binance::Provider provider(tapedeck::Host(&host), tapedeck::Config(nullptr, 0));
  tdk_stream_sink sink{};
  sink.struct_size = sizeof sink;
  sink.ctx = &replay;
  sink.on_quotes = [](void *ctx, const tdk_quote *, std::uint64_t n, std::uint64_t) -> tdk_status {
    static_cast<Replay *>(ctx)->quotes += static_cast<std::size_t>(n);
    return TDK_OK;
  };
  const tdk_series series[] = {series_of(TDK_PRICE_TRADE), series_of(TDK_PRICE_MID)};
  const tdk_stream_request rq{sizeof rq, 0, series, std::size(series), sizeof(tdk_series)};
  tdk_error error = tapedeck::detail::fresh();
  const auto *table = tapedeck::detail::ProviderTable<binance::Provider>::get();
  const tdk_status status = table->run_stream(&provider, &rq, &sink, nullptr, &error);
  if (status != TDK_UNAVAILABLE || replay.quotes != (rounds + 1) * lines.size())
    throw std::runtime_error(std::string("not all was delivered: ") + error.message);
  replay.watch->print(rounds * lines.size());
}

}  // namespace

int main(int argc, char **argv) try {
  if (argc < 3) throw std::runtime_error("stream_decode_bench WIRE ROUNDS [delivered]");
  const Lines lines = read_lines(argv[1]);
  const std::size_t rounds = std::stoul(argv[2]);
  argc > 3 ? measure_delivery(lines, rounds) : measure_parser(lines, rounds);
  return 0;
} catch (const std::exception &e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
