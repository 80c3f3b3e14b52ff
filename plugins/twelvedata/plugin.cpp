// What the host reads of the plugin: its descriptor, its settings and its entry.
#include "twelvedata.hpp"

namespace {

constexpr tdk_option kSettings[] = {
    tapedeck::option("apikey", TDK_OPT_STRING, nullptr, "the key of the account",
                     TDK_OPT_REQUIRED | TDK_OPT_SECRET),
    tapedeck::option("base_url", TDK_OPT_STRING, twelvedata::kDefaultBaseUrl, "the REST host"),
    tapedeck::option("ws_url", TDK_OPT_STRING, twelvedata::kDefaultStreamUrl,
                     "the WebSocket host; left as it is and with another base_url, the one that "
                     "belongs to that"),
    tapedeck::option("plan", TDK_OPT_STRING, "basic",
                     "what the key may spend, by its least tier: basic 8 credits a minute and 800 "
                     "a day, grow 55 a minute, pro 610; auto asks the vendor, for a credit",
                     0, "basic|grow|pro|auto"),
    tapedeck::option("credits_per_minute", TDK_OPT_INT, nullptr,
                     "credits to spend in any minute, instead of the plan's"),
    tapedeck::option("credits_per_day", TDK_OPT_INT, nullptr,
                     "credits to spend in a UTC day, instead of the plan's; 0: no limit"),
    tapedeck::option("quotes_from", TDK_OPT_STRING, "quote",
                     "quote: last price and volume with the vendor's time; price: the last price "
                     "only, with the host's",
                     0, "quote|price")};

constexpr tdk_descriptor describe() {
  tdk_descriptor d =
      tapedeck::describe("twelvedata", "Twelve Data", "0.1.0", tapedeck::provider_iids, kSettings);
  d.vendor = "Tapedeck";
  d.license = "Apache-2.0";
  d.url = "https://twelvedata.com/docs";
  d.description =
      "Candles, quotes, prices and symbols of stocks, indices, currencies, metals and crypto";
  return d;
}

struct Plugin : twelvedata::Provider {
  using Provider::Provider;
  static constexpr tdk_descriptor descriptor = describe();
};

}  // namespace

TDK_PLUGINS(Plugin)
