// Live data: the host's connections as objects, what a stream is asked for, and rows in - sink
// calls out. A provider that streams has run_stream(const tdk_stream_request &, const
// tdk_stream_sink &, const Cancel &) and names what it streams: static constexpr std::uint64_t
// stream_capabilities.
#pragma once

#include <tapedeck/layer/candles.hpp>
#include <tapedeck/layer/connections.hpp>
#include <tapedeck/layer/core.hpp>
#include <tapedeck/layer/services.hpp>

namespace tapedeck {
inline namespace v1 {

// Other: nothing a stream carries, such as bid candles without an interval.
enum class StreamKind { Candles, Trades, Quotes, Other };

inline StreamKind stream_kind(const tdk_series &s) noexcept {
  if (s.interval.unit != 0) return StreamKind::Candles;
  return s.price_type == TDK_PRICE_TRADE ? StreamKind::Trades
         : s.price_type == TDK_PRICE_MID ? StreamKind::Quotes
                                         : StreamKind::Other;
}

// What a stream is asked for, borrowed for the call.
class StreamRequest {
 public:
  explicit StreamRequest(const tdk_stream_request &rq) : rq_(&rq) {}
  std::size_t size() const { return static_cast<std::size_t>(rq_->series_count); }
  const tdk_series &operator[](std::size_t i) const {
    return detail::at(rq_->series, i, rq_->series_stride);
  }
  StreamKind kind(std::size_t i) const { return stream_kind((*this)[i]); }

 private:
  const tdk_stream_request *rq_;
};

// A series with strings of its own: what a command names lives until the next command only.
class OwnedSeries {
 public:
  explicit OwnedSeries(const tdk_series &s) : source_(sv(s.source)), symbol_(sv(s.symbol)) {
    series_.struct_size = sizeof series_;
    series_.price_type = s.price_type;
    series_.source = str(source_);
    series_.symbol = str(symbol_);
    series_.interval = s.interval;
    series_.adjustment = s.adjustment;
  }
  OwnedSeries(const OwnedSeries &) = delete;
  OwnedSeries &operator=(const OwnedSeries &) = delete;
  const tdk_series &get() const { return series_; }
  std::string_view symbol() const { return symbol_; }
  bool is(const tdk_series &s) const {
    return symbol_ == sv(s.symbol) && series_.price_type == s.price_type &&
           series_.interval.unit == s.interval.unit && series_.interval.count == s.interval.count &&
           series_.adjustment == s.adjustment;
  }

 private:
  std::string source_, symbol_;
  tdk_series series_{};
};

// An unknown quote: every amount TDK_NULL_I64. Fill in what there is.
inline tdk_quote empty_quote() noexcept {
  tdk_quote q{};
  q.struct_size = sizeof q;
  q.bid = q.ask = q.last = q.bid_size = q.ask_size = q.last_size = q.volume = TDK_NULL_I64;
  q.sequence = q.trades = TDK_NULL_I64;
  return q;
}

// Exponents of a row that has its own.
struct CandleExponents {
  int price = -8, volume = -8, turnover = -8;
};

// Threads: that of run_stream(). A sink's refusal comes out as Error: let it pass.
// Quotes are gathered, and handed over when 256 are there, before anything else goes out, and at
// flush(). Receive inside of flush_after(). Their symbols are borrowed until then.
class StreamWriter {
 public:
  explicit StreamWriter(const tdk_stream_sink &sink) : sink_(&sink) { quotes_.reserve(kMost); }
  StreamWriter(const StreamWriter &) = delete;
  StreamWriter &operator=(const StreamWriter &) = delete;

  void quote(const tdk_quote &q) {
    quotes_.push_back(q);
    if (quotes_.size() >= kMost) flush();
  }
  void flush() {
    if (quotes_.empty()) return;
    const tdk_status s =
        TDK_CAN(sink_, on_quotes)
            ? sink_->on_quotes(sink_->ctx, quotes_.data(), quotes_.size(), sizeof(tdk_quote))
            : TDK_OK;
    quotes_.clear();
    detail::raise_unless_ok(s);
  }

  // Does `f`, and hands over what it gathered, also when it throws: what came before the end of a
  // connection, or before a message that cannot be used, came.
  template <class F>
  void flush_after(F &&f) {
    try {
      f();
    } catch (...) {
      flush();
      throw;
    }
    flush();
  }

  void candle(const tdk_series &series, const CandleRow &row, CandleExponents exponents = {}) {
    tdk_candle_batch b{};
    b.struct_size = sizeof b;
    b.count = 1;
    b.price_exp = exponents.price;
    b.volume_exp = exponents.volume;
    b.turnover_exp = exponents.turnover;
    b.open_time = &row.open_time;
    b.open = &row.open;
    b.high = &row.high;
    b.low = &row.low;
    b.close = &row.close;
    b.volume = &row.volume;
    b.turnover = &row.turnover;
    b.trades = &row.trades;
    b.state = &row.state;
    candles(series, b);
  }
  void candles(const tdk_series &series, const tdk_candle_batch &batch) {
    flush();
    if (TDK_CAN(sink_, on_candles))
      detail::raise_unless_ok(sink_->on_candles(sink_->ctx, &series, &batch));
  }

  void connected() { event(TDK_STREAM_CONNECTED); }  // every series is subscribed
  void heartbeat() { event(TDK_STREAM_HEARTBEAT); }
  void gap(tdk_range lost, const tdk_series *series = nullptr) {
    event(TDK_STREAM_GAP, {}, series, lost);
  }
  // The vendor ends this connection at `at`.
  void expires(std::int64_t now, std::int64_t at, std::string_view why) {
    event(TDK_STREAM_EXPIRES, why, nullptr, {now, at});
  }
  void rejected(const tdk_series &series, std::string_view why) {
    event(TDK_STREAM_REJECTED, why, &series);
  }
  void event(std::uint32_t kind, std::string_view detail_text = {},
             const tdk_series *series = nullptr, tdk_range range = {}) {
    flush();
    const tdk_stream_event e{sizeof e, kind, series, range, str(detail_text)};
    if (TDK_CAN(sink_, on_event)) detail::raise_unless_ok(sink_->on_event(sink_->ctx, &e));
  }

  // False: there is none. What out.series points to lives until the next call.
  bool next_command(tdk_stream_command &out) {
    flush();
    out = {sizeof out, 0, nullptr};
    if (!TDK_CAN(sink_, next_command)) return false;
    detail::raise_unless_ok(sink_->next_command(sink_->ctx, &out));
    return out.kind != 0 && out.series != nullptr;
  }

 private:
  static constexpr std::size_t kMost = 256;
  const tdk_stream_sink *sink_;
  std::vector<tdk_quote> quotes_;
};

}  // namespace v1
}  // namespace tapedeck
