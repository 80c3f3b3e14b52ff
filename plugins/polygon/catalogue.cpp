#include "catalogue.hpp"

#include "kit/text.hpp"

#include <algorithm>

namespace polygon {
namespace {

constexpr std::uint64_t kUsualRows = 100, kMostRows = 1'000;
constexpr int kMostPages = 20;

void push(const Listing &l, tapedeck::SymbolWriter &out) {
  const std::string canonical = canonical_of(l.ticker, l.base, l.quote);
  tdk_symbol row{};
  row.asset_class = asset_class_of(l.market, l.ticker, l.type);
  row.symbol = tapedeck::str(canonical);
  row.name = tapedeck::str(l.name);
  row.exchange = tapedeck::str(l.exchange);
  row.currency = tapedeck::str(l.currency);
  row.earliest = TDK_NULL_I64;
  row.vendor_symbol = tapedeck::str(l.ticker);
  row.status = l.active ? TDK_SYMBOL_TRADING : TDK_SYMBOL_DELISTED;
  out.push(row);
}

}  // namespace

void Catalogue::search(std::string_view query, std::uint64_t limit, const tdk_symbol_sink &sink,
                       const tapedeck::Cancel &cancel) {
  std::string wanted(query);
  std::erase(wanted, '/');  // EUR/USD is listed as C:EURUSD
  std::uint64_t left = limit != 0 ? limit : kMostRows;
  const std::string doing = "tickers like '" + kit::excerpt(wanted) + "'";
  const std::string path = "/v3/reference/tickers?active=true&search=" +
                           kit::percent_encoded(wanted) + "&limit=" +
                           std::to_string(std::min(limit != 0 ? limit : kUsualRows, kMostRows));
  tapedeck::SymbolWriter out(sink);
  Listings page;
  const auto take = [&](std::string_view body) { page = parse_tickers(body); };
  session_.get(doing, path, cancel, take);
  for (int pages = 1;; ++pages) {
    for (std::size_t i = 0; i < page.rows.size() && left > 0; ++i, --left) push(page.rows[i], out);
    if (left == 0 || page.next_url.empty() || pages == kMostPages) return;
    const std::string next = page.next_url;
    session_.follow(doing, next, cancel, take);
    if (page.next_url == next)
      throw tapedeck::Error(TDK_BAD_DATA, "fetching " + doing + ": the next page is this one again");
  }
}

bool Catalogue::lists(const Ticker &ticker, const tapedeck::Cancel &cancel) {
  constexpr std::int64_t kPatienceNs = 5'000'000'000, kAskAgainNs = 30'000'000'000;
  const std::int64_t now = session_.host().monotonic();
  if (known_.count(ticker.rest) != 0 || now < not_before_ns_) return true;
  bool listed = true;
  try {
    const std::string path =
        "/v3/reference/tickers?limit=1&ticker=" + kit::percent_encoded(ticker.rest);
    session_.try_get("the listing of " + kit::excerpt(ticker.rest), path, kPatienceNs, cancel,
                     [&](std::string_view body) { listed = !parse_tickers(body).rows.empty(); });
  } catch (const tapedeck::Error &e) {
    cancel.check();
    if (e.code() == TDK_CANCELLED) throw;
    not_before_ns_ = now + kAskAgainNs;
    session_.host().log(TDK_LOG_DEBUG, std::string("streaming without a look at the list: ") + e.what());
    return true;
  }
  if (listed) known_.insert(ticker.rest);
  return listed;
}

}  // namespace polygon
