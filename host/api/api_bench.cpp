// How fast candles leave the server: a year of minutes from the fake store, as CSV, over loopback.
// Printed beside what the store's scan and the rendering cost alone, so that the rest is the API's.
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "api/api_server.hpp"
#include "api/fake_market.hpp"
#include "query/candle_text.hpp"

using namespace tapedeck;
using namespace tapedeck::api;
namespace {

using Seconds = std::chrono::duration<double>;
constexpr std::uint64_t kRows = 525'600;
constexpr int kRuns = 7;

double seconds_since(std::chrono::steady_clock::time_point began) {
  return Seconds(std::chrono::steady_clock::now() - began).count();
}

// Of several runs, each the smallest: what the machine's other work changes least. The processor time is
// that of all threads here, so for a GET the client's reading is in it.
void measure(const std::string &what, const std::function<void()> &work) {
  double wall = 1e9, cpu = 1e9;
  for (int i = 0; i < kRuns; ++i) {
    const auto began = std::chrono::steady_clock::now();
    const std::clock_t cpu_began = std::clock();
    work();
    wall = std::min(wall, seconds_since(began));
    cpu = std::min(cpu, double(std::clock() - cpu_began) / CLOCKS_PER_SEC);
  }
  std::printf("%-20s wall %7.1f ms %6.3f us/row   cpu %7.1f ms %6.3f us/row\n", what.c_str(), wall * 1e3,
              wall * 1e6 / double(kRows), cpu * 1e3, cpu * 1e6 / double(kRows));
}

struct Fetched {
  double first_byte_s = 0;
  std::size_t bytes = 0;
};

Fetched fetch(std::uint16_t port, const std::string &format) {
  const auto began = std::chrono::steady_clock::now();
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", port));
  const std::string request = "GET /api/v1/candles/BIGUSDT?interval=1m&limit=" + std::to_string(kRows) + "&format=" + format +
                              " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  socket.sendBytes(request.data(), static_cast<int>(request.size()));
  std::vector<char> buffer(1 << 20);
  Fetched f;
  for (int n; (n = socket.receiveBytes(buffer.data(), static_cast<int>(buffer.size()))) > 0;) {
    if (f.bytes == 0) f.first_byte_s = seconds_since(began);
    f.bytes += static_cast<std::size_t>(n);
  }
  return f;
}

void scan(const FakeMarket &market, const Storage::OnBatch &on_batch) {
  const KnownSeries known = market.query->find("BIGUSDT", "1m", "", nullptr);
  market.query->candles({known, {kStart, kStart + std::int64_t(kRows) * kMinute}, kRows, false}, on_batch, nullptr);
}

}  // namespace

int main() {
  FakeMarket market;
  ApiConfig config;
  config.port = 0;
  ApiServer server(config, {*market.query, {}, {}, {}, "bench", system_clock(), {}, {}});
  server.start();
  std::size_t rendered = 0;
  measure("scan alone", [&] { scan(market, [](const tdk_candle_batch &) { return true; }); });
  measure("scan and render csv", [&] {
    CandleText text(CandleFormat::Csv);
    scan(market, [&](const tdk_candle_batch &b) { rendered += text.render(b).size(); return true; });
  });
  for (const std::string format : {"csv", "ndjson", "json"}) {
    Fetched last;
    measure("GET " + format, [&] { last = fetch(server.port(), format); });
    std::printf("%-20s first byte %.2f ms, %.1f MB\n", "", last.first_byte_s * 1e3, double(last.bytes) / 1e6);
  }
  server.stop();
  return rendered > 0 ? 0 : 1;
}
