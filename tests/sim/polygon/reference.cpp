// The list of tickers with search and pages, and the state of the markets.
#include <algorithm>
#include <charconv>

#include "sim/polygon/endpoints.hpp"
#include "sim/text.hpp"
#include "sim/time_text.hpp"
#include "sim/zone.hpp"

namespace tapedeck::sim::polygon {
namespace {

constexpr std::size_t kUsualTickers = 100;
constexpr std::size_t kMostTickers = 1'000;

const char *market_name(Market market) {
  constexpr const char *names[] = {"stocks", "fx", "crypto", "indices"};
  return names[static_cast<std::size_t>(market)];
}

bool contains(std::string_view text, std::string_view part) {
  const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

/// What the cursor keeps of the question: where it goes on, and how.
struct Listed {
  std::string market, search, ticker;
  std::size_t limit = kUsualTickers, skip = 0;
};

Listed asked_of(const Query &query) {
  const std::string_view cursor = query.get("cursor");
  const Query kept(cursor);
  const Query &from = cursor.empty() ? query : kept;
  Listed out{std::string(from.get("market")), std::string(from.get("search")),
             std::string(from.get("ticker")), from.limit(kUsualTickers, kMostTickers), 0};
  const std::string_view skip = from.get("skip");
  std::from_chars(skip.data(), skip.data() + skip.size(), out.skip);
  return out;
}

std::string cursor_of(const Listed &asked) {
  return concat({"market%3D", asked.market, "%26search%3D", asked.search, "%26limit%3D",
                 std::to_string(asked.limit), "%26skip%3D",
                 std::to_string(asked.skip + asked.limit)});
}

void write_ticker(JsonWriter &out, const Instrument &each) {
  const bool pair = each.market == Market::Forex || each.market == Market::Crypto;
  out.open().text("ticker", each.ticker).text("name", each.name);
  out.text("market", market_name(each.market)).text("locale", pair ? "global" : "us");
  if (each.market == Market::Stocks) out.text("primary_exchange", "XNAS").text("type", each.type);
  out.boolean("active", true);
  if (pair)
    out.text("currency_symbol", each.quote()).text("base_currency_symbol", each.base());
  else if (each.market == Market::Stocks)
    out.text("currency_name", "usd");
  out.text("last_updated_utc", "2024-01-02T00:00:00Z").close();
}

}  // namespace

Reply tickers(const Ask &ask) {
  const Listed asked = asked_of(ask.query);
  std::vector<const Instrument *> found;
  for (const Instrument &each : ask.listing.all()) {
    if (!asked.market.empty() && asked.market != market_name(each.market)) continue;
    if (!asked.ticker.empty() && asked.ticker != each.ticker) continue;
    if (contains(each.ticker, asked.search) || contains(each.name, asked.search))
      found.push_back(&each);
  }
  const std::size_t first = std::min(asked.skip, found.size());
  const std::size_t end = std::min(first + asked.limit, found.size());
  JsonWriter out;
  out.open().list("results");
  for (std::size_t i = first; i < end; ++i) write_ticker(out, *found[i]);
  out.end_list().text("status", "OK").text("request_id", ask.id);
  out.integer("count", static_cast<std::int64_t>(end - first));
  if (end < found.size())
    out.text("next_url", ask.origin + "/v3/reference/tickers?cursor=" + cursor_of(asked));
  Reply reply = make_reply(200, kJson, out.close().take());
  reply.rows = end - first;
  return reply;
}

Reply market_status(const Ask &ask) {
  const std::int64_t offset = Zone::new_york().offset_ms(ask.clock_ms);
  std::string local = iso8601(ask.clock_ms + offset).substr(0, 19);
  local += offset == -4 * kHourMs ? "-04:00" : "-05:00";
  const bool regular = is_open(Market::Indices, ask.clock_ms);
  const bool stocks = is_open(Market::Stocks, ask.clock_ms);
  const char *state = regular ? "open" : stocks ? "extended-hours" : "closed";
  JsonWriter out;
  out.open().text("market", state).text("serverTime", local);
  out.open("exchanges").text("nyse", state).text("nasdaq", state).text("otc", "closed").close();
  out.open("currencies").text("fx", is_open(Market::Forex, ask.clock_ms) ? "open" : "closed");
  out.text("crypto", "open").close();
  out.open("indicesGroups").text("s_and_p", regular ? "open" : "closed").close().close();
  return make_reply(200, kJson, out.take());
}

}  // namespace tapedeck::sim::polygon
