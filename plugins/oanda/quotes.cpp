#include "quotes.hpp"

#include "kit/text.hpp"
#include "quote_of.hpp"
#include "symbols.hpp"

#include <algorithm>
#include <map>

namespace oanda {
namespace {

constexpr std::size_t kNamesPerRequest = 50;  // the vendor names no limit; this is a short URL

using Prices = std::map<std::string, Price, std::less<>>;

Prices fetch_prices(Session &session, const std::vector<std::string> &names,
                    const tapedeck::Cancel &cancel) {
  Prices out;
  for (std::size_t first = 0; first < names.size(); first += kNamesPerRequest) {
    std::string list;
    const std::size_t end = std::min(names.size(), first + kNamesPerRequest);
    for (std::size_t i = first; i < end; ++i) list += (list.empty() ? "" : ",") + names[i];
    const std::string path = "/v3/accounts/" + session.account(cancel) +
                             "/pricing?instruments=" + kit::percent_encoded(list);
    session.get({"prices of " + kit::excerpt(list), path}, cancel, [&](std::string_view body) {
      for (Price &price : parse_pricing(body)) {
        std::string name = price.instrument;
        out.insert_or_assign(std::move(name), std::move(price));
      }
    });
  }
  return out;
}

}  // namespace

void fetch_quotes(Session &session, Catalogue &catalogue, tapedeck::span<const tdk_str> symbols,
                  const tdk_quote_sink &sink, const tapedeck::Cancel &cancel) {
  std::vector<std::string> wanted, names;
  for (const tdk_str symbol : symbols) {
    std::string name = vendor_symbol(tapedeck::sv(symbol));
    wanted.push_back(name);
    const bool is_new = std::find(names.begin(), names.end(), name) == names.end();
    // One unknown name would refuse them all.
    if (is_new && catalogue.has(name, cancel)) names.push_back(std::move(name));
  }
  if (names.empty() && !wanted.empty())
    throw tapedeck::Error(TDK_NOT_FOUND, "quotes of " + kit::excerpt(wanted.front()) +
                                             ": the account knows no such instrument");
  const Prices prices = fetch_prices(session, names, cancel);
  tapedeck::QuoteWriter out(sink);
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (const auto found = prices.find(wanted[i]); found != prices.end())
      if (const auto quote = quote_of(found->second, symbols[i])) out.push(*quote);
}

}  // namespace oanda
