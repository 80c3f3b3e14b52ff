// What the host reads of the plugin: its descriptor, its settings and its entry.
#include "polygon.hpp"

namespace {

constexpr tdk_option kSettings[] = {
    tapedeck::option("api_key", TDK_OPT_STRING, nullptr, "the key of the vendor's dashboard",
                     TDK_OPT_REQUIRED | TDK_OPT_SECRET),
    tapedeck::option("base_url", TDK_OPT_STRING, polygon::kDefaultBaseUrl,
                     "the REST host; the old name https://api.polygon.io still answers"),
    tapedeck::option("ws_url", TDK_OPT_STRING, "",
                     "the WebSocket host; left out, the one that belongs to base_url"),
    tapedeck::option("plan", TDK_OPT_STRING, "free",
                     "what the key has; free: 5 requests a minute, two years, no streams and no quotes",
                     0, "free|starter|developer|advanced"),
    tapedeck::option("delayed", TDK_OPT_BOOL, "false",
                     "the plan's data is 15 minutes late: use the delayed WebSocket host, and take "
                     "candles of the last 15 minutes as forming")};

constexpr tdk_descriptor describe() {
  tdk_descriptor d =
      tapedeck::describe("polygon", "Polygon.io (Massive)", "0.1.0", tapedeck::provider_iids, kSettings);
  d.vendor = "Tapedeck";
  d.license = "Apache-2.0";
  d.url = "https://massive.com/docs";
  d.description = "Candles, quotes, trades and symbols of US stocks, forex, crypto and indices, with a key";
  return d;
}

struct Plugin : polygon::Provider {
  using Provider::Provider;
  static constexpr tdk_descriptor descriptor = describe();
};

}  // namespace

TDK_PLUGINS(Plugin)
