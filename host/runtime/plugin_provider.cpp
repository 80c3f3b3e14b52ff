#include "runtime/plugin_provider.hpp"

#include <tapedeck/layer/core.hpp>

#include "base/text.hpp"

namespace tapedeck {
namespace {

ProviderInfo info_of(ProviderPlugin &plugin) {
  const PluginProviderInfo raw = plugin.info();
  ProviderInfo info;
  info.capabilities = raw.capabilities;
  for (const tdk_interval i : raw.intervals)
    if (const auto known = Interval::from_abi(i)) info.intervals.push_back(*known);
  info.candles_per_request = raw.max_candles_per_call;
  info.credits_per_request = std::max<std::uint64_t>(raw.credits_per_request, 1);
  info.series_per_stream = raw.max_stream_symbols;
  return info;
}

// From the plugin's words to the host's: ticks by value, in runs of one symbol.
class StreamAdapter final : public PluginStreamSink {
 public:
  explicit StreamAdapter(StreamSink &sink) : sink_(sink) {}

  void on_candles(const tdk_series &series, const tdk_candle_batch &batch) override {
    series_.symbol.assign(sv(series.symbol));
    series_.interval = Interval(series.interval);
    series_.price_type = series.price_type;
    series_.adjustment = series.adjustment;
    sink_.on_candles(series_, batch);
  }

  void on_quotes(std::span<const tdk_quote> quotes) override {
    for (std::size_t i = 0; i < quotes.size();) {
      const std::string_view symbol = sv(quotes[i].symbol);
      ticks_.clear();
      for (; i < quotes.size() && sv(quotes[i].symbol) == symbol; ++i) ticks_.push_back(tick_of(quotes[i]));
      sink_.on_ticks(symbol, ticks_);
    }
  }

  void on_event(const tdk_stream_event &event) override {
    StreamEvent out{event.kind, std::nullopt, {event.range.from, event.range.to}, printable(sv(event.detail), 400)};
    if (event.series != nullptr) out.series = Series::from_abi(*event.series);
    sink_.on_event(out);
  }

 private:
  StreamSink &sink_;
  Series series_;  // kept for its memory
  std::vector<Tick> ticks_;
};

class PluginProvider final : public Provider {
 public:
  explicit PluginProvider(std::shared_ptr<PluginInstance> instance)
      : plugin_(std::move(instance)), info_(info_of(plugin_)) {}

  const ProviderInfo &info() const override { return info_; }

  void fetch_candles(const CandleAsk &ask, CandleColumns &out, const tdk_cancel *cancel) override {
    PluginCandleQuery query{ask.series, ask.range, ask.limit, ask.newest, 0};
    const auto take = [&out](const tdk_candle_batch &batch) {
      if (!out.append(batch))
        throw Error(TDK_BAD_DATA, "the candles of one answer have exponents too far apart to be kept exactly");
      return TDK_OK;
    };
    if (plugin_.fetch_candles(query, take, cancel) == TDK_CANCELLED) throw Error(TDK_CANCELLED, "cancelled");
  }

  std::optional<Nanos> earliest(const Series &series, const tdk_cancel *cancel) override {
    try {
      return plugin_.earliest(series, cancel);
    } catch (const Error &e) {
      if (e.code() == TDK_NOT_FOUND || e.code() == TDK_NOT_SUPPORTED) return std::nullopt;
      throw;
    }
  }

  std::vector<SymbolInfo> search_symbols(const std::string &query, std::uint64_t limit,
                                         const tdk_cancel *cancel) override {
    require(TDK_CAP_SYMBOLS, "a search for symbols is");
    std::vector<SymbolInfo> out;
    for (const PluginSymbol &s : plugin_.search_symbols(query, limit, cancel)) out.push_back(symbol_of(s.view()));
    return out;
  }

  std::vector<QuoteRow> fetch_quotes(const std::vector<std::string> &symbols, const tdk_cancel *cancel) override {
    require(TDK_CAP_QUOTES, "quotes are");
    std::vector<QuoteRow> out;
    for (const PluginQuote &q : plugin_.fetch_quotes(symbols, cancel)) out.push_back({q.symbol, tick_of(q.values)});
    return out;
  }

  std::vector<EconomicEvent> fetch_calendar(TimeRange range, const std::string &country,
                                            const tdk_cancel *cancel) override {
    require(TDK_CAP_CALENDAR, "an economic calendar is");
    std::vector<EconomicEvent> out;
    for (const PluginEvent &e : plugin_.fetch_calendar({range.from, range.to}, country, cancel))
      out.push_back(event_of(e.view()));
    return out;
  }

  bool usable() const override { return plugin_.instance().wedged().empty(); }

  void run_stream(const StreamAsk &ask, StreamSink &sink, const tdk_cancel *cancel) override {
    StreamAdapter adapter(sink);
    if (plugin_.run_stream({ask.candles, ask.trades, ask.quotes}, adapter, cancel) == TDK_CANCELLED)
      throw Error(TDK_CANCELLED, "cancelled");
  }

 private:
  // What the plugin is built or configured without is not asked for.
  void require(std::uint64_t capability, const char *what) const {
    if ((info_.capabilities & capability) == 0)
      throw Error(TDK_NOT_SUPPORTED, plugin_.instance().name() + ": " + what + " not supported by this provider");
  }

  ProviderPlugin plugin_;
  ProviderInfo info_;
};

}  // namespace

std::unique_ptr<Provider> make_plugin_provider(std::shared_ptr<PluginInstance> instance) {
  return std::make_unique<PluginProvider>(std::move(instance));
}

}  // namespace tapedeck
