#include "query/testing/fact_vendor.hpp"

#include "base/text.hpp"

namespace tapedeck::testing {
namespace {

class VendorProvider final : public Provider {
 public:
  explicit VendorProvider(FactVendor &vendor) : vendor_(vendor) {
    if (vendor.earliest) info_.capabilities |= TDK_CAP_EARLIEST;
    info_.intervals = {Interval()};
  }
  const ProviderInfo &info() const override { return info_; }
  void fetch_candles(const CandleAsk &, CandleColumns &, const tdk_cancel *) override {}

  std::optional<Nanos> earliest(const Series &series, const tdk_cancel *) override {
    vendor_.called("earliest " + series.name());
    return vendor_.earliest(series);
  }
  std::vector<SymbolInfo> search_symbols(const std::string &query, std::uint64_t limit, const tdk_cancel *cancel) override {
    vendor_.called("symbols " + query);
    require(vendor_.symbols != nullptr, "a search for symbols is");
    return vendor_.symbols(query, limit, cancel);
  }
  std::vector<QuoteRow> fetch_quotes(const std::vector<std::string> &symbols, const tdk_cancel *cancel) override {
    vendor_.called("quotes " + join(symbols, ","));
    require(vendor_.quotes != nullptr, "quotes are");
    return vendor_.quotes(symbols, cancel);
  }
  std::vector<EconomicEvent> fetch_calendar(TimeRange range, const std::string &country, const tdk_cancel *) override {
    vendor_.called("events " + country);
    require(vendor_.events != nullptr, "an economic calendar is");
    return vendor_.events(range, country);
  }

 private:
  static void require(bool there, const char *what) {
    if (!there) throw Error(TDK_NOT_SUPPORTED, std::string(what) + " not supported by this provider");
  }
  FactVendor &vendor_;
  ProviderInfo info_;
};

class MemoryFacts final : public Storage {
 public:
  explicit MemoryFacts(FactStore &store) : store_(store) {}
  CommitResult commit(const Commit &) override { throw Error(TDK_NOT_SUPPORTED, "no candles here"); }
  void query(const CandleScan &, const OnBatch &, const tdk_cancel *) override {}
  std::vector<LedgerEntry> coverage(const Series &, std::string_view, TimeRange, const tdk_cancel *) override { return {}; }
  std::vector<SeriesStat> list_series(const tdk_cancel *) override { return store_.series; }
  void health() override {}

  CommitResult commit_batch(const CommitBatch &batch) override {
    const auto lock = writing();
    store_.batches.push_back(batch);
    return {};
  }
  void store_symbols(const std::string &source, Nanos fetched_at, std::span<const SymbolInfo> symbols) override {
    const auto lock = writing();
    for (SymbolInfo s : symbols) {
      s.source = source;
      s.fetched_at = fetched_at;
      store_.symbols[source].push_back(s);
    }
  }
  std::vector<SymbolInfo> query_symbols(const std::string &symbol, std::uint64_t, const tdk_cancel *) override {
    std::lock_guard lock(store_.mutex);
    std::vector<SymbolInfo> out;
    for (const auto &[source, all] : store_.symbols)
      for (const auto &s : all)
        if (s.symbol == symbol) out.push_back(s);
    return out;
  }
  void store_events(const std::string &source, Nanos fetched_at, std::span<const EconomicEvent> events) override {
    const auto lock = writing();
    for (EconomicEvent e : events) {
      e.source = source;
      e.fetched_at = fetched_at;
      store_.events[source].push_back(e);
    }
  }
  std::vector<EconomicEvent> query_events(TimeRange range, const std::string &, const tdk_cancel *) override {
    std::lock_guard lock(store_.mutex);
    std::vector<EconomicEvent> out;
    for (const auto &[source, all] : store_.events)
      for (const auto &e : all)
        if (e.time >= range.from && e.time < range.to) out.push_back(e);
    return out;
  }

 private:
  std::unique_lock<std::mutex> writing() {
    std::unique_lock lock(store_.mutex);
    if (store_.failure) throw *store_.failure;
    return lock;
  }
  FactStore &store_;
};

PipelineConfig pipeline(const std::string &name, const std::vector<std::pair<std::string, AssetClass>> &symbols,
                        const std::vector<std::string> &sources) {
  PipelineConfig p;
  p.name = name;
  for (const auto &[symbol, asset_class] : symbols) p.symbols.push_back({symbol, {}, asset_class});
  p.intervals = {{Interval(), {}}};
  for (const auto &s : sources) p.sources.push_back({s, {}});
  p.storage = {"store", {}};
  return p;
}

}  // namespace

void FactVendor::called(std::string what) {
  std::lock_guard lock(mutex_);
  calls_.push_back(std::move(what));
}

std::vector<std::string> FactVendor::calls() {
  std::lock_guard lock(mutex_);
  return calls_;
}

FactWorld::FactWorld(Clock &clock)
    : cache(1 << 20, clock), service(cache, clock, [this](const std::string &why) {
        std::lock_guard lock(warnings_mutex_);
        warnings.push_back(why);
      }) {
  using enum AssetClass;
  config.pipelines = {pipeline("crypto", {{"BTC/USDT", Crypto}, {"ETH/USDT", Crypto}}, {"alpha", "beta"}),
                      pipeline("fx", {{"EUR/USD", Forex}}, {"beta"})};
  pools["store"] = std::make_unique<StoragePool>([this] { return std::make_unique<MemoryFacts>(store); }, 4);
  for (const char *name : {"alpha", "beta"}) vendors_[name] = std::make_unique<FactVendor>();
  connect();
}

void FactWorld::connect() {
  FactsPorts ports;
  ports.open_provider = [this](const std::string &name) { return std::make_unique<VendorProvider>(*vendors_.at(name)); };
  ports.version_of = [](const std::string &name) { return name + " 1.0.0"; };
  ports.providers = {"alpha", "beta"};
  service.replace(config, pools, std::move(ports), nullptr);
}

QuoteRow quote_row(const std::string &symbol, Nanos time) {
  QuoteRow row;
  row.symbol = symbol;
  row.tick.time = time;
  row.tick.price_exp = -5;
  row.tick.bid = 109'500;
  row.tick.ask = 109'510;
  row.tick.last = 109'505;
  return row;
}

std::vector<QuoteRow> quote_rows(const std::vector<std::string> &symbols, Nanos time) {
  std::vector<QuoteRow> out;
  for (const auto &s : symbols) out.push_back(quote_row(s, time));
  return out;
}

}  // namespace tapedeck::testing
