#include "catalogue.hpp"

#include "symbols.hpp"

#include <algorithm>

namespace oanda {
namespace {

constexpr std::int64_t kGoodForNs = 3'600'000'000'000;

enum Rank { kWholeName, kSide, kPart, kRankCount };

std::string upper(std::string_view text) {
  std::string out(text);
  for (char &c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

Rank rank_of(const Listing &l, const std::string &query) {
  const std::string &name = l.instrument.name;
  const std::size_t cut = name.find('_');
  if (l.symbol == query || name == query) return kWholeName;
  if (cut != std::string::npos && (name.substr(0, cut) == query || name.substr(cut + 1) == query))
    return kSide;
  const auto has = [&](const std::string &text) { return text.find(query) != std::string::npos; };
  return has(l.symbol) || has(name) || has(upper(l.instrument.display_name)) ? kPart : kRankCount;
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
  std::vector<Instrument> instruments;
  session_.get({"the instruments of the account",
                "/v3/accounts/" + session_.account(cancel) + "/instruments"},
               cancel, [&](std::string_view body) { instruments = parse_instruments(body); });
  listings_.clear();
  for (Instrument &instrument : instruments) {
    std::string symbol = canonical_symbol(instrument.name);
    listings_.push_back({std::move(instrument), std::move(symbol)});
  }
  known_ = true;
  known_since_ns_ = now;
  return listings_;
}

bool Catalogue::has(std::string_view vendor_symbol, const tapedeck::Cancel &cancel) {
  const std::vector<Listing> &all = listings(cancel);
  return std::any_of(all.begin(), all.end(),
                     [&](const Listing &l) { return l.instrument.name == vendor_symbol; });
}

}  // namespace oanda
