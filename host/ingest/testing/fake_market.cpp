#include "ingest/testing/fake_market.hpp"

namespace tapedeck::testing {
namespace {

std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

}  // namespace

bool FakeMarket::has(Nanos t) const {
  if (t < listed || t >= ended || !interval.on_grid(t) || quiet.contains(t)) return false;
  return mix(static_cast<std::uint64_t>(t) ^ seed) % 100 >= silent_percent;
}

Values FakeMarket::values(Nanos t) const {
  const auto h = static_cast<std::int64_t>(mix(static_cast<std::uint64_t>(t) + seed) % 100'000);
  return {100'000 + h, 100'050 + h, 99'950 + h, 100'010 + h, h + 1};
}

std::vector<Nanos> FakeMarket::slots(TimeRange range) const {
  std::vector<Nanos> out;
  for (Nanos t = interval.ceil(range.from); t < range.to; t = interval.next(t))
    if (has(t)) out.push_back(t);
  return out;
}

CoverageState truth(const FakeMarket &market, Nanos slot, Nanos first, Nanos last) {
  if (market.has(slot)) return CoverageState::Present;
  return slot < first || slot > last ? CoverageState::ProviderHasNone : CoverageState::NoTrades;
}

}  // namespace tapedeck::testing
