#include "query/query_service.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

#include "base/text.hpp"
#include "market/instrument.hpp"
#include "query/reversed_batch.hpp"
#include "query/series_not_found.hpp"

namespace tapedeck {
namespace {

constexpr std::uint64_t kPage = 4096;  // rows a step when walking backwards
constexpr TimeRange kAllTime{INT64_MIN / 2, INT64_MAX / 2};

void add_configured(const Config &config, std::vector<KnownSeries> &out) {
  for (const auto &p : config.pipelines)
    for (auto &series : p.series()) {
      KnownSeries k;
      k.series = std::move(series);
      k.storage = p.storage.name;
      k.calendar = p.calendar;
      for (const auto &s : p.sources) k.sources.push_back(s.name);
      out.push_back(std::move(k));
    }
}

void add_stored(const std::string &storage, const SeriesStat &stat, std::vector<KnownSeries> &out) {
  const auto known = std::find_if(out.begin(), out.end(), [&](const KnownSeries &k) {
    return k.storage == storage && k.series == stat.series;
  });
  if (known != out.end()) {
    known->stat = stat;
    return;
  }
  KnownSeries k;
  k.series = stat.series;
  k.storage = storage;
  k.stat = stat;
  out.push_back(std::move(k));
}

}  // namespace

void QueryService::replace(const Config &config, Pools &pools, std::shared_ptr<const void> keep) {
  auto market = std::make_shared<const Market>(Market{config, pools, std::move(keep)});
  std::lock_guard lock(mutex_);
  market_.swap(market);
}

std::shared_ptr<const QueryService::Market> QueryService::market() const {
  std::lock_guard lock(mutex_);
  return market_;
}

StoragePool &QueryService::Market::pool(const std::string &storage) const {
  const auto it = pools.find(storage);
  if (it == pools.end()) throw Error(TDK_INTERNAL, "the storage '" + storage + "' is not open");
  return *it->second;
}

std::vector<Series> QueryService::configured() const {
  std::vector<KnownSeries> known;
  add_configured(market()->config, known);
  std::vector<Series> out;
  for (auto &k : known) out.push_back(std::move(k.series));
  return out;
}

std::vector<KnownSeries> QueryService::list(const tdk_cancel *cancel) const {
  const auto market = this->market();
  std::vector<KnownSeries> out;
  add_configured(market->config, out);
  for (const auto &[name, p] : market->pools)
    for (const auto &stat : p->lease(cancel)->list_series(cancel)) add_stored(name, stat, out);
  std::sort(out.begin(), out.end(),
            [](const KnownSeries &a, const KnownSeries &b) { return a.series < b.series; });
  return out;
}

KnownSeries QueryService::find(const std::string &symbol, const std::string &interval, const std::string &price,
                               const tdk_cancel *cancel) const {
  const auto wanted = Interval::parse(interval);
  if (!wanted)
    throw Error(TDK_INVALID_ARGUMENT, "unknown interval '" + printable(interval, 40) +
                                          "'; there are 1s 1m 5m 15m 30m 1h 4h 1d 1w 1M");
  const auto price_type = parse_price_type(price);
  if (!price.empty() && !price_type)
    throw Error(TDK_INVALID_ARGUMENT, "unknown price '" + printable(price, 40) + "'; there are trade, mid, bid and ask");
  auto all = list(cancel);
  std::vector<std::string> symbols, others;
  for (const auto &k : all) symbols.push_back(k.series.symbol);
  const auto meant = meanings(symbol, symbols);
  if (meant.size() > 1)
    throw Error(TDK_INVALID_ARGUMENT, "'" + printable(symbol, 60) + "' may mean " + join(meant, " or ") + "; write which");
  std::optional<KnownSeries> best;
  for (auto &k : all) {
    if (meant.empty() || k.series.symbol != meant.front()) continue;
    if (k.series.interval != *wanted || (price_type && k.series.price_type != *price_type)) {
      others.push_back(k.series.interval.name() + (price_type ? " " + std::string(price_type_name(k.series.price_type)) : ""));
    } else if (!best || price_type_order(k.series.price_type) < price_type_order(best->series.price_type)) {
      best = std::move(k);
    }
  }
  if (best) return *std::move(best);
  if (!others.empty())
    throw SeriesNotFound(true, "no " + wanted->name() + (price_type ? " " + price : "") + " candles of '" + printable(symbol, 60) +
                                   "' are kept here; there are: " + join(others, ", "),
                         "ask for one of " + join(others, ", "));
  // Longer than any symbol: comparing it with all of them would only cost time.
  const std::string near = symbol.size() > 100 ? "" : nearest_symbol(symbol, symbols);
  const std::string hint = near.empty() ? "" : "did you mean '" + near + "'?";
  throw SeriesNotFound(false, "unknown symbol '" + printable(symbol, 60) + "'" + (hint.empty() ? "" : "; " + hint), hint);
}

std::vector<LedgerEntry> QueryService::coverage(const KnownSeries &known, TimeRange range,
                                                const tdk_cancel *cancel) const {
  const auto market = this->market();
  try {
    return market->pool(known.storage).lease(cancel)->coverage(known.series, "", range, cancel);
  } catch (const Error &e) {
    if (e.code() == TDK_NOT_FOUND) return {};  // configured, nothing stored yet
    throw;
  }
}

std::vector<Hole> QueryService::holes(const KnownSeries &known, TimeRange range,
                                      const tdk_cancel *cancel) const {
  return find_holes(coverage(known, range, cancel), range, known.series.interval, known.calendar.get());
}

std::optional<TimeRange> QueryService::extent(const KnownSeries &known, const tdk_cancel *cancel) const {
  std::optional<TimeRange> out;
  const auto include = [&](Nanos from, Nanos to) {
    out = out ? TimeRange{std::min(out->from, from), std::max(out->to, to)} : TimeRange{from, to};
  };
  for (const auto &e : coverage(known, kAllTime, cancel)) include(e.range.from, e.range.to);
  if (known.stat && known.stat->first)
    include(*known.stat->first, known.series.interval.next(*known.stat->last));
  return out;
}

void QueryService::candles(const CandleQuery &query, const Storage::OnBatch &on_batch,
                           const tdk_cancel *cancel) const {
  const auto market = this->market();
  auto reader = market->pool(query.known.storage).lease(cancel);
  try {
    if (query.descending) return descend(*reader, query, on_batch, cancel);
    CandleScan scan{query.known.series, query.range, query.limit, false, kPage};
    reader->query(scan, on_batch, cancel);
  } catch (const Error &e) {
    if (e.code() != TDK_NOT_FOUND) throw;  // configured, nothing stored yet: no rows
  }
}

// The ABI hands rows over in ascending order: walk back page by page and turn each page round.
void QueryService::descend(Storage &storage, const CandleQuery &query, const Storage::OnBatch &on_batch,
                           const tdk_cancel *cancel) const {
  std::uint64_t left = query.limit == 0 ? UINT64_MAX : query.limit;
  Nanos end = query.range.to;
  for (bool more = true; more && left > 0 && end > query.range.from;) {
    std::vector<ReversedBatch> page;
    CandleScan scan{query.known.series, {query.range.from, end}, std::min(left, kPage), true, kPage};
    storage.query(scan, [&](const tdk_candle_batch &b) { page.emplace_back(b); return true; }, cancel);
    if (page.empty()) return;
    end = page.front().earliest();
    for (auto it = page.rbegin(); it != page.rend() && more; ++it) {
      left -= std::min<std::uint64_t>(left, it->view().count);
      more = on_batch(it->view());
    }
  }
}

}  // namespace tapedeck
