#include "plugins/provider_calls.hpp"

#include "plugins/fact_intake.hpp"

namespace tapedeck {
namespace {

constexpr std::uint64_t kMaxIntervals = 256;
constexpr std::size_t kMaxKept = std::size_t{1} << 20;  // quotes, symbols or events of one call

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
        return call.offer([&] { return call.take(first, n, stride); });
      }};
  return plugin().fetch_quotes(self(), views.data(), views.size(), &sink, token(), error);
}

tdk_status QuotesCall::take(const tdk_quote *first, std::uint64_t n, std::uint64_t stride) {
  bool sound = true;
  for_each_foreign(first, n, stride, TAPEDECK_SIZE_TO(tdk_quote, last_size), blank<tdk_quote>(), [&](tdk_quote raw) {
    sound = sound && is_sound(raw);
    if (!sound) return;
    std::string symbol(sv(raw.symbol));
    raw.symbol = {};
    quotes.push_back({std::move(symbol), raw});
  });
  if (!sound) return refuse("a quote without a readable symbol or a time, or with an exponent outside -18..18");
  return quotes.size() > kMaxKept ? refuse("too many quotes") : TDK_OK;
}

tdk_status SearchCall::run(tdk_error *error) {
  const tdk_symbol_sink sink{
      sizeof sink, 0, this,
      [](void *self, const tdk_symbol *first, std::uint64_t n, std::uint64_t stride) -> tdk_status {
        auto &call = *static_cast<SearchCall *>(self);
        return call.offer([&] { return call.take(first, n, stride); });
      }};
  return plugin().search_symbols(self(), str(query_), limit_, &sink, token(), error);
}

tdk_status SearchCall::take(const tdk_symbol *first, std::uint64_t n, std::uint64_t stride) {
  tdk_symbol unknown{};
  unknown.earliest = TDK_NULL_I64;
  bool sound = true;
  for_each_foreign(first, n, stride, TAPEDECK_SIZE_TO(tdk_symbol, earliest), unknown, [&](tdk_symbol raw) {
    sound = sound && is_sound(raw);
    if (!sound) return;
    PluginSymbol out;
    out.symbol = sv(raw.symbol);
    out.name = text_of(raw.name);
    out.exchange = text_of(raw.exchange);
    out.currency = text_of(raw.currency);
    out.country = text_of(raw.country);
    out.isin = text_of(raw.isin);
    out.vendor_symbol = text_of(raw.vendor_symbol);
    raw.symbol = raw.name = raw.exchange = raw.currency = raw.country = raw.isin = raw.vendor_symbol = raw.source = {};
    out.values = raw;
    symbols.push_back(std::move(out));
  });
  if (!sound) return refuse("a symbol without a readable name, or with a text or exponent that cannot be used");
  return symbols.size() > kMaxKept ? refuse("too many symbols") : TDK_OK;
}

tdk_status CalendarCall::run(tdk_error *error) {
  const tdk_calendar_sink sink{
      sizeof sink, 0, this,
      [](void *self, const tdk_calendar_event *first, std::uint64_t n, std::uint64_t stride) -> tdk_status {
        auto &call = *static_cast<CalendarCall *>(self);
        return call.offer([&] { return call.take(first, n, stride); });
      }};
  return plugin().fetch_calendar(self(), &range_, str(country_), &sink, token(), error);
}

tdk_status CalendarCall::take(const tdk_calendar_event *first, std::uint64_t n, std::uint64_t stride) {
  const char *problem = nullptr;
  for_each_foreign(first, n, stride, TAPEDECK_SIZE_TO(tdk_calendar_event, previous), tdk_calendar_event{},
                   [&](tdk_calendar_event raw) {
    if (!is_sound(raw)) problem = "an event without a title or a time, or with a text or decimal that cannot be used";
    else if (raw.time < range_.from || raw.time >= range_.to) problem = "an event outside the range asked for";
    if (problem != nullptr) return;
    PluginEvent out;
    out.id = text_of(raw.id);
    out.title = text_of(raw.title);
    out.country = text_of(raw.country);
    out.currency = text_of(raw.currency);
    out.unit = text_of(raw.unit);
    raw.id = raw.title = raw.country = raw.currency = raw.unit = raw.source = {};
    out.values = raw;
    events.push_back(std::move(out));
  });
  if (problem != nullptr) return refuse(problem);
  return events.size() > kMaxKept ? refuse("too many events") : TDK_OK;
}

}  // namespace tapedeck
