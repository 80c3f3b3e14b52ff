#include "runtime/plugin_provider.hpp"

#include <tapedeck/layer/core.hpp>

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
    std::vector<SymbolInfo> out;
    for (const PluginSymbol &s : plugin_.search_symbols(query, limit, cancel))
      out.push_back({s.symbol, s.vendor_symbol, s.values.status});
    return out;
  }

 private:
  ProviderPlugin plugin_;
  ProviderInfo info_;
};

}  // namespace

std::unique_ptr<Provider> make_plugin_provider(std::shared_ptr<PluginInstance> instance) {
  return std::make_unique<PluginProvider>(std::move(instance));
}

}  // namespace tapedeck
