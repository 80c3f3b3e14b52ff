#include "kit/testing/calls.hpp"

namespace kit::test {
namespace {

tdk_series series_of(const CandlesAsked &asked) {
  tdk_series series{};
  series.struct_size = sizeof series;
  series.symbol = tapedeck::str(asked.symbol);
  series.interval = asked.interval;
  series.price_type = asked.price_type;
  series.adjustment = asked.adjustment;
  return series;
}

}  // namespace

Candles fetch_candles(Callee provider, const CandlesAsked &asked, const tdk_cancel *cancel) {
  Candles out;
  out.error = tapedeck::detail::fresh();
  const tdk_series series = series_of(asked);
  const tdk_candle_request rq{
      sizeof rq, asked.flags, &series, {asked.from_ns, asked.to_ns}, asked.limit, 0};
  const auto on_batch = [](void *ctx, const tdk_candle_batch *b) -> tdk_status {
    auto &got = *static_cast<Candles *>(ctx);
    ++got.batches;
    for (std::uint64_t i = 0; i < b->count; ++i)
      got.rows.push_back({b->open_time[i], b->open[i], b->high[i], b->low[i], b->close[i],
                          b->volume[i], b->turnover[i], b->trades[i], b->state[i], b->price_exp,
                          b->volume_exp, b->turnover_exp});
    return TDK_OK;
  };
  const tdk_candle_sink sink{sizeof sink, 0, &out, on_batch};
  out.status = provider.table->fetch_candles(provider.self, &rq, &sink, cancel, &out.error);
  return out;
}

Quotes fetch_quotes(Callee provider, const std::vector<std::string> &symbols) {
  Quotes out;
  out.error = tapedeck::detail::fresh();
  std::vector<tdk_str> names;
  for (const std::string &s : symbols) names.push_back(tapedeck::str(s));
  const auto on_quotes = [](void *ctx, const tdk_quote *q, std::uint64_t,
                            std::uint64_t) -> tdk_status {
    static_cast<Quotes *>(ctx)->rows.emplace_back(tapedeck::sv(q->symbol), *q);
    return TDK_OK;
  };
  const tdk_quote_sink sink{sizeof sink, 0, &out, on_quotes};
  out.status = provider.table->fetch_quotes(provider.self, names.data(), names.size(), &sink,
                                            nullptr, &out.error);
  return out;
}

Symbols search(Callee provider, std::string_view query, std::uint64_t limit) {
  Symbols out;
  out.error = tapedeck::detail::fresh();
  const auto on_symbols = [](void *ctx, const tdk_symbol *s, std::uint64_t,
                             std::uint64_t) -> tdk_status {
    const auto text = [](tdk_str v) { return std::string(tapedeck::sv(v)); };
    static_cast<Symbols *>(ctx)->rows.push_back(
        {text(s->symbol), text(s->vendor_symbol), text(s->currency), s->status, s->asset_class,
         s->price_exp, s->price_exp_known != 0, text(s->name), text(s->exchange)});
    return TDK_OK;
  };
  const tdk_symbol_sink sink{sizeof sink, 0, &out, on_symbols};
  out.status = provider.table->search_symbols(provider.self, tapedeck::str(query), limit, &sink,
                                              nullptr, &out.error);
  return out;
}

Earliest earliest(Callee provider, const CandlesAsked &asked) {
  Earliest out;
  out.error = tapedeck::detail::fresh();
  const tdk_series series = series_of(asked);
  out.status = provider.table->earliest(provider.self, &series, &out.time, nullptr, &out.error);
  return out;
}

CalendarAnswer fetch_calendar(Callee provider, std::string_view country) {
  CalendarAnswer out;
  out.error = tapedeck::detail::fresh();
  const auto on_events = [](void *ctx, const tdk_calendar_event *, std::uint64_t n,
                            std::uint64_t) -> tdk_status {
    static_cast<CalendarAnswer *>(ctx)->rows += n;
    return TDK_OK;
  };
  const tdk_calendar_sink sink{sizeof sink, 0, &out, on_events};
  const tdk_range range{0, 86'400'000'000'000};
  out.status = provider.table->fetch_calendar(provider.self, &range, tapedeck::str(country), &sink,
                                              nullptr, &out.error);
  return out;
}

}  // namespace kit::test
