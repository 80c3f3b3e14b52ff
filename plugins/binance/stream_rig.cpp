#include "stream_rig.hpp"

namespace binance::test {

std::string trade(int id, const std::string &symbol) {
  return R"({"e":"trade","E":1700000000123,"s":")" + symbol + R"(","t":)" + std::to_string(id) +
         R"(,"p":"61837.63000000","q":"0.02000000","T":1700000000121,"m":true,"M":true})";
}

StreamRig::StreamRig() : listed{{"BTC", "TRADING"}, {"ETH", "TRADING"}, {"OLD", "BREAK"}} {
  host.answer = [this](const std::string &) { return Answer{200, exchange_info(), {}, TDK_OK}; };
  ready = [this] { return host.socket.inbox.empty(); };
}

std::string StreamRig::exchange_info() const {
  std::string out = R"({"rateLimits":[],"symbols":[)";
  for (const auto &[base, status] : listed)
    out.append(out.back() == '[' ? "" : ",")
        .append("{\"symbol\":\"" + base + "USDT\",\"status\":\"" + status + "\",\"baseAsset\":\"" +
                base + "\",\"quoteAsset\":\"USDT\",\"filters\":[]}");
  return out + "]}";
}

Streamed StreamRig::run(const std::vector<Wanted> &wanted, const tdk_cancel *cancel) {
  if (!provider_) {
    std::vector<tdk_kv> kv;
    for (const auto &[k, v] : settings_) kv.push_back({tapedeck::str(k), tapedeck::str(v)});
    provider_ = std::make_unique<Provider>(tapedeck::Host(host.host()),
                                           tapedeck::Config(kv.data(), kv.size()));
  }
  return kit::test::run_stream(*provider_, wanted, *this, cancel);
}

}  // namespace binance::test
