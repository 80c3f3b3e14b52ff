#include "plugins/provider_plugin.hpp"

#include "plugins/provider_calls.hpp"
#include "plugins/stream_call.hpp"

namespace tapedeck {
namespace {

constexpr auto kWhere = PluginInstance::Where::OnWorker;

ProviderTable table_of(PluginInstance &instance) {
  const void *table = instance.interface(TDK_IID_PROVIDER);
  if (table == nullptr)
    throw Error(TDK_NOT_SUPPORTED, instance.name() + ": offers no " TDK_IID_PROVIDER);
  return complete_provider(table);
}

// For calls whose result is worth nothing unless it is whole.
void run_whole(PluginInstance &instance, const std::shared_ptr<PluginCall> &call) {
  if (instance.call(call, kWhere) != TDK_OK)
    throw Error(TDK_CANCELLED, instance.name() + ": " + call->function() + ": cancelled");
}

}  // namespace

tdk_symbol PluginSymbol::view() const {
  tdk_symbol out = values;
  out.struct_size = sizeof out;
  out.symbol = str(symbol);
  out.name = str(name);
  out.exchange = str(exchange);
  out.currency = str(currency);
  out.country = str(country);
  out.isin = str(isin);
  out.vendor_symbol = str(vendor_symbol);
  return out;
}

tdk_calendar_event PluginEvent::view() const {
  tdk_calendar_event out = values;
  out.struct_size = sizeof out;
  out.id = str(id);
  out.title = str(title);
  out.country = str(country);
  out.currency = str(currency);
  out.unit = str(unit);
  return out;
}

ProviderPlugin::ProviderPlugin(std::shared_ptr<PluginInstance> instance)
    : instance_(std::move(instance)), table_(table_of(*instance_)) {}

PluginProviderInfo ProviderPlugin::info() {
  if (!table_.has_info) {
    PluginProviderInfo known;
    known.capabilities = table_.capabilities;
    return known;
  }
  const auto call = std::make_shared<InfoCall>(*instance_, table_);
  run_whole(*instance_, call);
  return std::move(call->info);
}

tdk_status ProviderPlugin::fetch_candles(const PluginCandleQuery &query, const CandleSink &sink,
                                         const tdk_cancel *cancel) {
  return instance_->call(std::make_shared<CandlesCall>(*instance_, table_, query, sink, cancel),
                         kWhere);
}

tdk_status ProviderPlugin::run_stream(const PluginStreamAsk &ask, PluginStreamSink &sink,
                                      const tdk_cancel *cancel) {
  return instance_->call(std::make_shared<StreamCall>(*instance_, table_, ask, sink, cancel), kWhere);
}

std::vector<PluginQuote> ProviderPlugin::fetch_quotes(const std::vector<std::string> &symbols,
                                                      const tdk_cancel *cancel) {
  const auto call = std::make_shared<QuotesCall>(*instance_, table_, symbols, cancel);
  run_whole(*instance_, call);
  return std::move(call->quotes);
}

std::vector<PluginSymbol> ProviderPlugin::search_symbols(std::string query, std::uint64_t limit,
                                                         const tdk_cancel *cancel) {
  const auto call =
      std::make_shared<SearchCall>(*instance_, table_, std::move(query), limit, cancel);
  run_whole(*instance_, call);
  return std::move(call->symbols);
}

std::vector<PluginEvent> ProviderPlugin::fetch_calendar(tdk_range range, std::string country,
                                                        const tdk_cancel *cancel) {
  const auto call = std::make_shared<CalendarCall>(*instance_, table_, range, std::move(country), cancel);
  run_whole(*instance_, call);
  return std::move(call->events);
}

std::int64_t ProviderPlugin::earliest(const Series &series, const tdk_cancel *cancel) {
  const auto call = std::make_shared<EarliestCall>(*instance_, table_, series, cancel);
  run_whole(*instance_, call);
  return call->earliest;
}

}  // namespace tapedeck
