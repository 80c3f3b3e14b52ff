#include "plugins/stream_call.hpp"

// TDK_HAS is C, with C's casts.
#pragma GCC diagnostic ignored "-Wold-style-cast"

namespace tapedeck {
namespace {

constexpr std::uint64_t kLongestSymbol = 256;
constexpr std::uint64_t kLongestDetail = 1024;
constexpr std::int32_t kMaxExp = 18;
constexpr tdk_range kAllTime{INT64_MIN / 2, INT64_MAX / 2};  // what a day can be added to, and taken from

bool readable(tdk_str s, std::uint64_t longest) { return s.size <= longest && (s.data != nullptr || s.size == 0); }

// Trades and quotes: a series whose interval has no unit.
tdk_series tick_series(const std::string &symbol, std::uint32_t price_type) {
  tdk_series out{};
  out.struct_size = sizeof out;
  out.symbol = str(symbol);
  out.price_type = price_type;
  return out;
}

bool is_sound(const tdk_quote &q) {
  for (const std::int32_t exp : {q.price_exp, q.size_exp, q.volume_exp})
    if (exp < -kMaxExp || exp > kMaxExp) return false;
  return readable(q.symbol, kLongestSymbol) && q.time >= kAllTime.from && q.time < kAllTime.to;
}

}  // namespace

tdk_status StreamCall::run(tdk_error *error) {
  std::vector<tdk_series> all;
  for (const auto &s : ask_.candles) all.push_back(s.abi());
  for (const auto &s : ask_.trades) all.push_back(tick_series(s, TDK_PRICE_TRADE));
  for (const auto &s : ask_.quotes) all.push_back(tick_series(s, TDK_PRICE_MID));
  const tdk_stream_request request{sizeof request, 0, all.data(), all.size(), sizeof(tdk_series)};
  tdk_stream_sink sink{};
  sink.struct_size = sizeof sink;
  sink.ctx = this;
  sink.on_candles = [](void *c, const tdk_series *series, const tdk_candle_batch *batch) -> tdk_status {
    return of(c).offer([&] { return of(c).take_candles(series, batch); });
  };
  sink.on_quotes = [](void *c, const tdk_quote *first, std::uint64_t n, std::uint64_t stride) -> tdk_status {
    return of(c).offer([&] { return of(c).take_quotes(first, n, stride); });
  };
  sink.on_event = [](void *c, const tdk_stream_event *event) -> tdk_status {
    return of(c).offer([&] { return of(c).take_event(event); });
  };
  sink.next_command = [](void *, tdk_stream_command *out) -> tdk_status {
    if (!TDK_HAS(out, kind)) return TDK_INVALID_ARGUMENT;
    out->kind = 0;
    return TDK_OK;
  };
  return plugin().run_stream(self(), &request, &sink, token(), error);
}

tdk_status StreamCall::take_candles(const tdk_series *series, const tdk_candle_batch *batch) {
  if (!TDK_HAS(series, adjustment)) return refuse("candles of no series");
  if (!readable(series->symbol, kLongestSymbol)) return refuse("candles of a series without a readable symbol");
  BatchIntake intake(kAllTime);
  if (const char *why = intake.check(batch)) return refuse(why);
  sink_.on_candles(*series, *batch);
  return TDK_OK;
}

tdk_status StreamCall::take_quotes(const tdk_quote *first, std::uint64_t count, std::uint64_t stride) {
  quotes_.clear();
  bool sound = true;
  for_each_foreign(first, count, stride, TAPEDECK_SIZE_TO(tdk_quote, last_size), blank<tdk_quote>(), [&](const tdk_quote &q) {
    sound = sound && is_sound(q);
    quotes_.push_back(q);
  });
  if (!sound) return refuse("a quote without a readable symbol or a time, or with an exponent outside -18..18");
  sink_.on_quotes(quotes_);
  return TDK_OK;
}

tdk_status StreamCall::take_event(const tdk_stream_event *event) {
  if (!TDK_HAS(event, detail)) return refuse("an event that is NULL or too small");
  if (!readable(event->detail, kLongestDetail)) return refuse("an event whose detail is not readable");
  if (event->series != nullptr && (!TDK_HAS(event->series, adjustment) || !readable(event->series->symbol, kLongestSymbol)))
    return refuse("an event of an unreadable series");
  sink_.on_event(*event);
  return TDK_OK;
}

}  // namespace tapedeck
