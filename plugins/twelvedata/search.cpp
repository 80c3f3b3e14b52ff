#include "search.hpp"

#include "kit/text.hpp"
#include "parse.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace twelvedata {
namespace {

constexpr std::uint64_t kMostMatches = 120;  // the vendor's limit

tdk_symbol row_of(const Listing &l) {
  tdk_symbol row{};
  row.asset_class = l.asset_class;
  row.symbol = tapedeck::str(l.symbol);
  row.vendor_symbol = tapedeck::str(l.vendor_symbol);
  row.name = tapedeck::str(l.name);
  row.exchange = tapedeck::str(l.exchange);
  row.country = tapedeck::str(l.country);
  row.currency = tapedeck::str(l.currency);
  row.isin = tapedeck::str(l.isin);
  row.earliest = TDK_NULL_I64;
  row.status = TDK_SYMBOL_UNKNOWN;
  return row;
}

std::vector<Listing> fetch(Session &session, const Get &get, std::uint32_t otherwise,
                           const tapedeck::Cancel &cancel) {
  std::vector<Listing> out;
  cancel.check();
  session.get(get, cancel,
              [&](const kit::JsonValue &body) { out = parse_listings(body, otherwise); });
  return out;
}

std::vector<Listing> found(Session &session, std::string_view query, std::uint64_t limit,
                           const tapedeck::Cancel &cancel) {
  const std::uint64_t most = limit ? std::min(limit, kMostMatches) : kMostMatches;
  return fetch(session,
               {"symbol_search of '" + kit::excerpt(query) + "'",
                "/symbol_search?symbol=" + kit::percent_encoded(query) +
                    "&outputsize=" + std::to_string(most),
                1},
               TDK_ASSET_OTHER, cancel);
}

// As many as it takes for `limit` elements; 0: all. Stocks of all the world may be more than a body
// may hold, and those elsewhere are found by a search.
std::vector<Listing> catalogues(Session &session, std::uint64_t limit,
                                const tapedeck::Cancel &cancel) {
  struct Catalogue {
    const char *path;
    std::uint32_t asset_class;
  };
  constexpr std::array kCatalogues{Catalogue{"/forex_pairs", TDK_ASSET_FX},
                                   Catalogue{"/cryptocurrencies", TDK_ASSET_CRYPTO},
                                   Catalogue{"/commodities", TDK_ASSET_COMMODITY},
                                   Catalogue{"/stocks?country=United%20States", TDK_ASSET_EQUITY}};
  std::vector<Listing> out;
  for (const Catalogue &c : kCatalogues) {
    if (limit != 0 && out.size() >= limit) break;
    for (Listing &l : fetch(session, {c.path + 1, c.path, 1}, c.asset_class, cancel))
      out.push_back(std::move(l));
  }
  return out;
}

}  // namespace

void search_symbols(Session &session, std::string_view query, std::uint64_t limit,
                    const tdk_symbol_sink &sink, const tapedeck::Cancel &cancel) {
  const std::vector<Listing> listings =
      query.empty() ? catalogues(session, limit, cancel) : found(session, query, limit, cancel);
  // A crypto pair is listed once for each exchange.
  std::unordered_set<std::string_view> seen;
  tapedeck::SymbolWriter out(sink);
  for (const Listing &l : listings) {
    if (limit && seen.size() >= limit) return;
    if (seen.insert(l.symbol).second) out.push(row_of(l));
  }
}

}  // namespace twelvedata
