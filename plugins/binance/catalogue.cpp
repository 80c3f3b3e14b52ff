#include "catalogue.hpp"

#include <algorithm>
#include <string>

namespace binance {
namespace {

constexpr std::int64_t kGoodForNs = 300'000'000'000;

enum Rank { kWholeName, kBaseAsset, kPart, kRankCount };

// Vendor names are upper case already, or letters beyond ASCII, which have to be written as they
// are.
std::string upper(std::string_view text) {
  std::string out(text);
  for (char &c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

Rank rank_of(const Listing &l, std::string_view query) {
  const auto has = [&](const std::string &name) { return name.find(query) != name.npos; };
  if (l.symbol == query || l.vendor_symbol == query) return kWholeName;
  if (l.base == query) return kBaseAsset;
  return has(l.symbol) || has(l.vendor_symbol) ? kPart : kRankCount;
}

}  // namespace

std::vector<const Listing *> matches(const std::vector<Listing> &all, std::string_view query,
                                     std::uint64_t limit) {
  const std::string wanted = upper(query);
  std::vector<const Listing *> by_rank[kRankCount];
  for (const Listing &l : all)
    if (const Rank rank = rank_of(l, wanted); rank != kRankCount) by_rank[rank].push_back(&l);
  std::vector<const Listing *> out;
  for (const auto &group : by_rank) out.insert(out.end(), group.begin(), group.end());
  if (limit && out.size() > limit) out.resize(static_cast<std::size_t>(limit));
  return out;
}

const std::vector<Listing> &Catalogue::listings(const tapedeck::Cancel &cancel) {
  const std::int64_t now = session_.host().now();
  if (known_ && now >= known_since_ns_ && now - known_since_ns_ < kGoodForNs) return listings_;
  ExchangeInfo info;
  session_.get({"exchangeInfo", "/api/v3/exchangeInfo", 20}, cancel,
               [&](std::string_view body) { info = parse_exchange_info(body); });
  session_.learn_limits(info.weight_per_minute, info.requests_per_five_minutes);
  listings_ = std::move(info.listings);
  known_ = true;
  known_since_ns_ = now;
  return listings_;
}

}  // namespace binance
