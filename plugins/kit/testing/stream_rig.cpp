#include "kit/testing/stream_rig.hpp"

namespace kit::test {
namespace {

tdk_series series_of(const Wanted &w) {
  tdk_series s{};
  s.struct_size = sizeof s;
  s.symbol = tapedeck::str(w.symbol);
  s.interval = w.interval;
  s.price_type = w.price_type;
  return s;
}

struct Sink {
  StreamScript *script;
  Streamed out;
  Command current;
  tdk_series current_series;
};
Sink &of(void *ctx) { return *static_cast<Sink *>(ctx); }

tdk_status on_candles(void *ctx, const tdk_series *s, const tdk_candle_batch *b) {
  for (std::uint64_t i = 0; i < b->count; ++i)
    of(ctx).out.candles.push_back({std::string(tapedeck::sv(s->symbol)),
                                   s->interval,
                                   {b->open_time[i], b->open[i], b->high[i], b->low[i], b->close[i],
                                    b->volume[i], b->turnover[i], b->trades[i], b->state[i],
                                    b->price_exp, b->volume_exp, b->turnover_exp}});
  return of(ctx).script->sink_says;
}

tdk_status on_quotes(void *ctx, const tdk_quote *first, std::uint64_t n, std::uint64_t stride) {
  Sink &sink = of(ctx);
  sink.out.quote_batches.push_back(n);
  for (std::uint64_t i = 0; i < n; ++i) {
    const tdk_quote &q = tapedeck::detail::at(first, i, stride);
    sink.out.quotes.emplace_back(tapedeck::sv(q.symbol), q);
  }
  return sink.script->sink_says;
}

tdk_status on_event(void *ctx, const tdk_stream_event *e) {
  const std::string symbol(e->series ? tapedeck::sv(e->series->symbol) : "");
  of(ctx).out.events.push_back({e->kind, symbol, e->range, std::string(tapedeck::sv(e->detail))});
  return TDK_OK;
}

tdk_status next_command(void *ctx, tdk_stream_command *out) {
  Sink &sink = of(ctx);
  out->kind = 0;
  if (sink.script->commands.empty() || !sink.script->ready()) return TDK_OK;
  sink.current = sink.script->commands.front();
  sink.script->commands.pop_front();
  sink.current_series = series_of(sink.current.series);
  out->kind = sink.current.kind;
  out->series = &sink.current_series;
  return TDK_OK;
}

}  // namespace

std::vector<std::uint32_t> Streamed::kinds() const {
  std::vector<std::uint32_t> out;
  for (const Event &e : events) out.push_back(e.kind);
  return out;
}

Streamed run_stream(Callee provider, const std::vector<Wanted> &wanted, StreamScript &script,
                    const tdk_cancel *cancel) {
  std::vector<tdk_series> series;
  for (const Wanted &w : wanted) series.push_back(series_of(w));
  Sink ctx{&script, {}, {}, {}};
  ctx.out.error = tapedeck::detail::fresh();
  const tdk_stream_sink sink{sizeof sink, 0,         &ctx,         &on_candles,
                             &on_quotes,  &on_event, &next_command};
  const tdk_stream_request rq{sizeof rq, 0, series.data(), series.size(), sizeof(tdk_series)};
  ctx.out.status = provider.table->run_stream(provider.self, &rq, &sink, cancel, &ctx.out.error);
  return ctx.out;
}

}  // namespace kit::test
