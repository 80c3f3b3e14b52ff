#include "ingest/testing/scripted_provider.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/cancel.hpp"

namespace tapedeck::testing {
namespace {

void append_row(CandleColumns &out, Nanos t, const Values &v, bool forming) {
  const std::uint32_t state = forming ? TDK_CANDLE_FORMING : 0;
  tdk_candle_batch b{};
  b.struct_size = sizeof b;
  b.count = 1;
  b.price_exp = kPriceExp;
  b.volume_exp = kVolumeExp;
  b.open_time = &t;
  b.open = &v[0];
  b.high = &v[1];
  b.low = &v[2];
  b.close = &v[3];
  b.volume = &v[4];
  b.state = &state;
  out.append(b);
}

}  // namespace

const FakeMarket &Vendor::market(const std::string &symbol) const {
  const auto it = others.find(symbol);
  return it == others.end() ? market_ : it->second;
}

void Vendor::answer(const CandleAsk &ask, CandleColumns &out) {
  int call = 0;
  {
    std::lock_guard lock(mutex_);
    asks_.push_back(ask);
    call = static_cast<int>(asks_.size());
  }
  if (on_call) on_call(call);
  const Fault fault = script ? script(ask, call) : Fault{};
  if (fault.kind == Fault::Throw) throw Error(fault.code, "HTTP says no", fault.retry_after_ms);
  if (fault.kind == Fault::Foreign) throw std::runtime_error("a plugin's own exception");
  if (fault.kind != Fault::Empty) add_rows(ask, fault.kind, out);
}

std::vector<Nanos> Vendor::rows_for(const CandleAsk &ask) const {
  const FakeMarket &m = market(ask.series.symbol);
  const Nanos now = clock_.now_ns() - lag - delay;
  std::vector<Nanos> rows;
  const TimeRange range{std::max(ask.range.from, m.listed),
                        std::min({ask.range.to, now + 1, m.ended})};
  if (ask.limit != 1) {
    rows = m.slots(range);
  } else if (ask.newest) {
    for (Nanos t = m.interval.floor(range.to - 1); t >= range.from && rows.empty();
         t = m.interval.advance(t, -1))
      if (m.has(t)) rows.push_back(t);
  } else {
    for (Nanos t = m.interval.ceil(range.from); t < range.to && rows.empty();
         t = m.interval.next(t))
      if (m.has(t)) rows.push_back(t);
  }
  if (rows.size() > page) rows.resize(page);
  return rows;
}

void Vendor::add_rows(const CandleAsk &ask, Fault::Kind fault, CandleColumns &out) const {
  const FakeMarket &m = market(ask.series.symbol);
  std::vector<Nanos> rows = rows_for(ask);
  if (fault == Fault::Cut) rows.resize(rows.size() / 2);
  if (fault == Fault::Gap) std::erase_if(rows, [&](Nanos t) { return lost.contains(t); });
  if (fault == Fault::Stale)
    rows = rows_for({ask.series, {ask.range.from, stale_until}, ask.limit, ask.newest});
  if (fault == Fault::Unsorted) std::reverse(rows.begin(), rows.end());
  if (fault == Fault::OffGrid && !rows.empty()) rows.back() += 1;
  if (fault == Fault::OutOfRange) rows.push_back(m.interval.ceil(ask.range.to));
  for (const Nanos t : rows)
    append_row(out, t, m.values(t), m.interval.next(t) > clock_.now_ns() - lag);
}

std::optional<Nanos> Vendor::earliest() {
  ++earliest_calls_;
  for (Nanos t = market_.interval.ceil(market_.listed); t < clock_.now_ns();
       t = market_.interval.next(t))
    if (market_.has(t)) return t;
  return std::nullopt;
}

int Vendor::calls() const {
  std::lock_guard lock(mutex_);
  return static_cast<int>(asks_.size());
}

std::vector<CandleAsk> Vendor::asks() const {
  std::lock_guard lock(mutex_);
  return asks_;
}

std::vector<CandleAsk> Vendor::pages() const {
  auto all = asks();
  std::erase_if(all, [](const CandleAsk &a) { return a.limit != 0; });
  return all;
}

ScriptedProvider::ScriptedProvider(std::shared_ptr<Vendor> vendor) : vendor_(std::move(vendor)) {
  info_.capabilities = TDK_CAP_HISTORY | (vendor_->marks_earliest ? TDK_CAP_EARLIEST : 0);
  info_.intervals = Interval::all();
  info_.candles_per_request = vendor_->page;
}

void ScriptedProvider::fetch_candles(const CandleAsk &ask, CandleColumns &out,
                                     const tdk_cancel *cancel) {
  vendor_->answer(ask, out);
  if (const auto s = status_of(cancel); s != TDK_OK) throw Error(s, "cancelled");
}

std::optional<Nanos> ScriptedProvider::earliest(const Series &, const tdk_cancel *) {
  return vendor_->earliest();
}

}  // namespace tapedeck::testing
