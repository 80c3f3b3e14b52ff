// What the host reads of the plugin: its descriptor, its settings and its entry.
#include "oanda.hpp"

namespace {

constexpr tdk_option kSettings[] = {
    tapedeck::option("token", TDK_OPT_STRING, "",
                     "the personal access token; one of the practice environment does not work "
                     "with live, nor the other way round",
                     TDK_OPT_SECRET),
    tapedeck::option("account", TDK_OPT_STRING, "",
                     "the account whose prices are asked for, as 101-004-1435156-001; left out, "
                     "the first one of the token"),
    tapedeck::option("environment", TDK_OPT_STRING, "practice", "which of the vendor's hosts", 0,
                     "practice|live"),
    tapedeck::option("base_url", TDK_OPT_STRING, "",
                     "another REST host than that of the environment, such as a proxy"),
    tapedeck::option("stream_url", TDK_OPT_STRING, "",
                     "another streaming host than the one that belongs to base_url; left out, with a "
                     "base_url that is not the vendor's, that one"),
    tapedeck::option("requests_per_second", TDK_OPT_INT, "100",
                     "requests to make a second; OANDA allows 120 for an address, and advises 100 "
                     "for a connection")};

constexpr tdk_descriptor describe() {
  tdk_descriptor d =
      tapedeck::describe("oanda", "OANDA v20", "0.1.0", tapedeck::provider_iids, kSettings);
  d.vendor = "Tapedeck";
  d.license = "Apache-2.0";
  d.url = "https://developer.oanda.com/rest-live-v20/introduction/";
  d.description =
      "Bid, ask and mid candles, quotes and instruments of OANDA: forex, metals and CFDs";
  return d;
}

struct Plugin : oanda::Provider {
  using Provider::Provider;
  static constexpr tdk_descriptor descriptor = describe();
};

}  // namespace

TDK_PLUGINS(Plugin)
