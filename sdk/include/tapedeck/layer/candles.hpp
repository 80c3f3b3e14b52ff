// Exact decimals, candle requests, and rows in - column batches out.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <limits>
#include <vector>

namespace tapedeck {
inline namespace v1 {

struct Decimal {
  std::int64_t mantissa = 0;
  int exp = 0;  // value = mantissa * 10^exp
};

// "123.4500" -> {1234500, -4}: exact, locale-free. TDK_BAD_DATA for anything else, and for more than
// 18 digits or so (what int64 holds).
inline Decimal parse_decimal(std::string_view s) {
  bool neg = false, dot = false, any = false;
  std::size_t i = 0;
  if (i < s.size() && (s[i] == '-' || s[i] == '+')) neg = s[i++] == '-';
  std::int64_t m = 0;
  int exp = 0;
  for (; i < s.size(); ++i) {
    if (s[i] == '.' && !dot) {
      dot = true;
      continue;
    }
    unsigned d = static_cast<unsigned>(static_cast<unsigned char>(s[i])) - unsigned{'0'};
    if (d > 9) throw Error(TDK_BAD_DATA, "not a decimal: " + std::string(s.substr(0, 40)));
    if (__builtin_mul_overflow(m, std::int64_t{10}, &m) ||
        __builtin_add_overflow(m, std::int64_t{d}, &m))
      throw Error(TDK_BAD_DATA, "decimal out of range: " + std::string(s.substr(0, 40)));
    any = true;
    exp -= dot;
  }
  if (!any) throw Error(TDK_BAD_DATA, "not a decimal: '" + std::string(s.substr(0, 40)) + "'");
  return {neg ? -m : m, exp};
}

// The mantissa at exponent `exp`; TDK_BAD_DATA rather than rounding or overflow.
inline std::int64_t rescale(Decimal d, int exp) {
  for (; d.exp > exp; --d.exp)
    if (__builtin_mul_overflow(d.mantissa, std::int64_t{10}, &d.mantissa))
      throw Error(TDK_BAD_DATA, "decimal does not fit the column");
  for (; d.exp < exp; ++d.exp) {
    if (d.mantissa % 10) throw Error(TDK_BAD_DATA, "decimal has more digits than the column");
    d.mantissa /= 10;
  }
  return d.mantissa;
}

struct CandleRequest {
  explicit CandleRequest(const tdk_candle_request *r)
      : symbol(sv(r->series->symbol)),
        interval(r->series->interval),
        from(r->range.from),
        to(r->range.to),
        limit(r->limit ? r->limit : std::numeric_limits<std::uint64_t>::max()),
        newest((r->flags & TDK_CANDLES_NEWEST) != 0),
        raw(r) {}
  std::string_view symbol;  // canonical: "BTC/USDT"
  tdk_interval interval;
  std::int64_t from, to;  // open times, ns, [from, to)
  std::uint64_t limit;
  bool newest;  // of the range the newest `limit` rows, ascending
  const tdk_candle_request *raw;
};

// One candle at the writer's exponents. TDK_NULL_I64: unknown.
struct CandleRow {
  std::int64_t open_time = 0;
  std::int64_t open = 0, high = 0, low = 0, close = 0;
  std::int64_t volume = TDK_NULL_I64;
  std::int64_t turnover = TDK_NULL_I64;
  std::int64_t trades = TDK_NULL_I64;
  std::uint32_t state = 0;  // TDK_CANDLE_*
};

// Hands full batches to the host by itself, the rest at flush() (the layer calls it at the end).
// A sink's refusal comes out as Error: let it pass. (Batches over 65536 rows only cost page faults.)
class CandleWriter {
 public:
  CandleWriter(const tdk_candle_sink *sink, int price_exp, int volume_exp, std::size_t batch = 4096)
      : sink_(sink),
        price_exp_(price_exp),
        volume_exp_(volume_exp),
        batch_(batch ? std::min<std::size_t>(batch, 65536) : 4096) {}
  int price_exp() const { return price_exp_; }
  int volume_exp() const { return volume_exp_; }  // also of the turnover

  void push(const CandleRow &r) {
    const std::int64_t cell[kColumns] = {r.open_time, r.open,   r.high,     r.low,
                                         r.close,     r.volume, r.turnover, r.trades};
    for (std::size_t i = 0; i < kColumns; ++i) col_[i].push_back(cell[i]);
    state_.push_back(r.state);
    if (state_.size() >= batch_) flush();
  }
  void push(std::int64_t t, std::int64_t o, std::int64_t h, std::int64_t l, std::int64_t c,
            std::int64_t v = TDK_NULL_I64) {
    CandleRow r;
    r.open_time = t;
    r.open = o;
    r.high = h;
    r.low = l;
    r.close = c;
    r.volume = v;
    push(r);
  }
  void push(std::int64_t t, std::string_view o, std::string_view h, std::string_view l,
            std::string_view c, std::string_view v) {
    push(t, price(o), price(h), price(l), price(c), volume(v));
  }
  std::int64_t price(std::string_view s) const { return rescale(parse_decimal(s), price_exp_); }
  std::int64_t volume(std::string_view s) const { return rescale(parse_decimal(s), volume_exp_); }

  // A batch the plugin built itself, e.g. with its own columns; what was pushed goes first.
  void push_batch(const tdk_candle_batch &b) {
    flush();
    detail::raise_unless_ok(sink_->on_batch(sink_->ctx, &b));
  }
  void flush() {
    if (state_.empty()) return;
    tdk_candle_batch b{};
    b.struct_size = sizeof b;
    b.count = state_.size();
    b.price_exp = price_exp_;
    b.volume_exp = volume_exp_;
    b.turnover_exp = volume_exp_;
    b.open_time = col_[0].data();
    b.open = col_[1].data();
    b.high = col_[2].data();
    b.low = col_[3].data();
    b.close = col_[4].data();
    b.volume = col_[5].data();
    b.turnover = col_[6].data();
    b.trades = col_[7].data();
    b.state = state_.data();
    tdk_status s = sink_->on_batch(sink_->ctx, &b);
    for (auto &c : col_) c.clear();
    state_.clear();
    detail::raise_unless_ok(s);
  }

 private:
  static constexpr std::size_t kColumns = 8;
  const tdk_candle_sink *sink_;
  int price_exp_, volume_exp_;
  std::size_t batch_;
  std::vector<std::int64_t> col_[kColumns];
  std::vector<std::uint32_t> state_;
};

}  // namespace v1
}  // namespace tapedeck
