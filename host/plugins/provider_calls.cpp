#include "plugins/provider_calls.hpp"

namespace tapedeck {
namespace {

constexpr std::uint64_t kMaxIntervals = 256;
constexpr std::size_t kMaxKept = std::size_t{1} << 20;  // quotes or symbols of one call

}  // namespace

tdk_status InfoCall::run(tdk_error *error) {
  const tdk_provider_info_sink sink{sizeof sink, 0, this,
                                    [](void *self, const tdk_provider_info *raw) -> tdk_status {
                                      auto &call = *static_cast<InfoCall *>(self);
                                      return call.offer([&] { return call.take(raw); });
                                    }};
  return plugin().info(self(), &sink, error);
}

tdk_status InfoCall::take(const tdk_provider_info *from) {
  constexpr std::size_t kSmallest = TAPEDECK_SIZE_TO(tdk_provider_info, max_stream_symbols);
  const auto raw = read_struct(from, kSmallest, "the provider info");
  if (raw.interval_count > kMaxIntervals) return refuse("more than 256 intervals");
  info.intervals.resize(raw.interval_count);
  if (!read_foreign(raw.intervals, info.intervals.data(),
                    info.intervals.size() * sizeof(tdk_interval)))
    return refuse("its intervals are not readable");
  info.capabilities = raw.capabilities;
  info.max_candles_per_call = raw.max_candles_per_call;
  info.max_instances = raw.max_instances;
  info.requests_per_minute = raw.requests_per_minute;
  info.max_stream_symbols = raw.max_stream_symbols;
  info.credits_per_request = raw.credits_per_request;
  return TDK_OK;
}

tdk_status CandlesCall::run(tdk_error *error) {
  const tdk_series series = query_.series.abi();
  const tdk_candle_request request{sizeof request, query_.newest ? TDK_CANDLES_NEWEST : 0,
                                   &series,        {query_.range.from, query_.range.to},
                                   query_.limit,   query_.batch_hint};
  const tdk_candle_sink sink{sizeof sink, 0, this, &take};
  return plugin().fetch_candles(self(), &request, &sink, token(), error);
}

tdk_status CandlesCall::take(void *context, const tdk_candle_batch *batch) {
  auto &self = *static_cast<CandlesCall *>(context);
  return self.offer([&]() -> tdk_status {
    if (const char *why = self.intake_.check(batch)) return self.refuse(why);
    return self.sink_(*batch);
  });
}

tdk_status QuotesCall::run(tdk_error *error) {
  std::vector<tdk_str> views;
  for (const auto &s : symbols_) views.push_back(str(s));
  const tdk_quote_sink sink{
      sizeof sink, 0, this,
      [](void *self, const tdk_quote *first, std::uint64_t n, std::uint64_t stride) -> tdk_status {
        auto &call = *static_cast<QuotesCall *>(self);
        return call.offer([&] {
          for_each_foreign(first, n, stride, TAPEDECK_SIZE_TO(tdk_quote, last_size), blank<tdk_quote>(),
                           [&](const tdk_quote &raw) { call.take(raw); });
          return call.quotes.size() > kMaxKept ? call.refuse("too many quotes") : TDK_OK;
        });
      }};
  return plugin().fetch_quotes(self(), views.data(), views.size(), &sink, token(), error);
}

void QuotesCall::take(tdk_quote raw) {
  std::string symbol = text_of(raw.symbol);
  raw.symbol = {};
  quotes.push_back({std::move(symbol), raw});
}

tdk_status SearchCall::run(tdk_error *error) {
  const tdk_symbol_sink sink{
      sizeof sink, 0, this,
      [](void *self, const tdk_symbol *first, std::uint64_t n, std::uint64_t stride) -> tdk_status {
        auto &call = *static_cast<SearchCall *>(self);
        return call.offer([&] {
          for_each_foreign(first, n, stride, TAPEDECK_SIZE_TO(tdk_symbol, earliest), tdk_symbol{},
                           [&](const tdk_symbol &raw) { call.take(raw); });
          return call.symbols.size() > kMaxKept ? call.refuse("too many symbols") : TDK_OK;
        });
      }};
  return plugin().search_symbols(self(), str(query_), limit_, &sink, token(), error);
}

void SearchCall::take(tdk_symbol raw) {
  PluginSymbol out;
  const std::pair<tdk_str *, std::string *> strings[] = {{&raw.symbol, &out.symbol},
                                                         {&raw.name, &out.name},
                                                         {&raw.exchange, &out.exchange},
                                                         {&raw.currency, &out.currency},
                                                         {&raw.country, &out.country},
                                                         {&raw.isin, &out.isin},
                                                         {&raw.vendor_symbol, &out.vendor_symbol}};
  for (const auto &[from, to] : strings) {
    *to = text_of(*from);
    *from = {};
  }
  out.values = raw;
  symbols.push_back(std::move(out));
}

}  // namespace tapedeck
