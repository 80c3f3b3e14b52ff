// What the host reads of the plugin: its descriptor, its settings and its entry.
#include "binance.hpp"

namespace {

constexpr tdk_option kSettings[] = {
    tapedeck::option(
        "base_url", TDK_OPT_STRING, binance::kDefaultBaseUrl,
        "the REST host; also https://api.binance.com, https://api1.binance.com (to api4), "
        "https://api.binance.us, https://testnet.binance.vision"),
    tapedeck::option("weight_limit", TDK_OPT_INT, "6000",
                     "request weight to spend a minute; Binance counts it per IP address"),
    tapedeck::option("request_limit", TDK_OPT_INT, "61000", "requests to make in five minutes"),
    tapedeck::option(
        "quotes_from", TDK_OPT_STRING, "24hr",
        "24hr: bid, ask, last and volume with the vendor's time; book: best bid and ask only", 0,
        "24hr|book"),
    tapedeck::option("stream_url", TDK_OPT_STRING, binance::kDefaultStreamUrl,
                     "the WebSocket host; left as it is and with another base_url, the one that "
                     "belongs to that"),
    tapedeck::option("trades", TDK_OPT_STRING, "trade",
                     "what a stream of trades carries: every trade, or fills of one order at one "
                     "price in one (aggTrade)",
                     0, "trade|aggTrade"),
    tapedeck::option("stream_life", TDK_OPT_DURATION, binance::kDefaultStreamLife,
                     "how long a stream is used before another takes over; Binance ends it after "
                     "24 h")};

constexpr tdk_descriptor describe() {
  tdk_descriptor d =
      tapedeck::describe("binance", "Binance spot", "0.1.0", tapedeck::provider_iids, kSettings);
  d.vendor = "Tapedeck";
  d.license = "Apache-2.0";
  d.url = "https://developers.binance.com/docs/binance-spot-api-docs/rest-api";
  d.description = "Candles, quotes, trades and symbols of the Binance spot market, without a key";
  return d;
}

struct Plugin : binance::Provider {
  using Provider::Provider;
  static constexpr tdk_descriptor descriptor = describe();
};

}  // namespace

TDK_PLUGINS(Plugin)
