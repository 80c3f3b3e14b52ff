#include "live/spool_record.hpp"

#include <array>
#include <type_traits>

namespace tapedeck {
namespace {

constexpr std::size_t kCandleBytes = 8 * 8 + 4;
constexpr std::size_t kTickLeast = 4 + 3 + 1 + 2 * 8;
constexpr std::size_t kEntryLeast = 3 * 4 + 4 * 8 + 4;

// The fields of a tick that may be unknown; what is known has its bit in a mask.
template <class T>
auto optional_fields(T &t) {
  return std::array{&t.bid, &t.ask, &t.last, &t.bid_size, &t.ask_size, &t.last_size, &t.volume, &t.trades};
}

class Writer {
 public:
  template <class T>
  void number(T value) {
    const auto bits = static_cast<std::make_unsigned_t<T>>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>(bits >> (8 * i) & 0xff));
  }
  void count(std::size_t n) { number(static_cast<std::uint32_t>(n)); }
  void text(std::string_view s) {
    count(s.size());
    out.append(s);
  }
  std::string out;
};

// Once it is past the end, or was told that something is wrong, all it reads is 0.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  T number() {
    if (rest_.size() < sizeof(T)) fail();
    if (failed_) return 0;
    std::make_unsigned_t<T> bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      bits = static_cast<std::make_unsigned_t<T>>(
          bits | static_cast<std::make_unsigned_t<T>>(static_cast<unsigned char>(rest_[i])) << (8 * i));
    rest_.remove_prefix(sizeof(T));
    return static_cast<T>(bits);
  }
  // Of elements that take at least `least` bytes each, so that no lie makes anybody reserve much.
  std::size_t count(std::size_t least) {
    const auto n = number<std::uint32_t>();
    if (n > rest_.size() / least) fail();
    return failed_ ? 0 : n;
  }
  std::string text() {
    const std::size_t n = count(1);
    std::string s(rest_.substr(0, n));
    rest_.remove_prefix(n);
    return s;
  }
  void fail() {
    failed_ = true;
    rest_ = {};
  }
  void need(bool condition) {
    if (!condition) fail();
  }
  bool failed() const { return failed_; }
  bool ended() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

bool is_exponent(int exp) { return exp >= -18 && exp <= 18; }

void write(Writer &w, const CandleColumns &columns) {
  const tdk_candle_batch b = columns.view();
  w.count(b.count);
  for (const auto exp : {b.price_exp, b.volume_exp, b.turnover_exp})
    w.number(static_cast<std::int8_t>(b.count > 0 ? exp : 0));
  for (const auto *column : {b.open_time, b.open, b.high, b.low, b.close, b.volume, b.turnover, b.trades})
    for (std::uint64_t i = 0; i < b.count; ++i) w.number(column[i]);
  for (std::uint64_t i = 0; i < b.count; ++i) w.number(b.state[i]);
}

void read(Reader &r, CandleColumns &out) {
  tdk_candle_batch b{};
  b.struct_size = sizeof b;
  // Three bytes of exponents stand between: a count that fits without them fails a line later.
  b.count = r.count(kCandleBytes);
  for (auto *exp : {&b.price_exp, &b.volume_exp, &b.turnover_exp}) {
    *exp = r.number<std::int8_t>();
    r.need(is_exponent(*exp) && (b.count > 0 || *exp == 0));
  }
  std::array<std::vector<std::int64_t>, 8> columns;
  for (auto &column : columns)
    for (std::uint64_t i = 0; i < b.count; ++i) column.push_back(r.number<std::int64_t>());
  std::vector<std::uint32_t> state;
  for (std::uint64_t i = 0; i < b.count; ++i) state.push_back(r.number<std::uint32_t>());
  for (std::size_t i = 1; i < columns[0].size(); ++i) r.need(columns[0][i - 1] < columns[0][i]);
  if (r.failed() || b.count == 0) return;
  const std::int64_t **views[] = {&b.open_time, &b.open,   &b.high,     &b.low,
                                  &b.close,     &b.volume, &b.turnover, &b.trades};
  for (std::size_t i = 0; i < columns.size(); ++i) *views[i] = columns[i].data();
  b.state = state.data();
  out.append(b);
}

void write(Writer &w, const LedgerEntry &e) {
  w.number(static_cast<std::uint32_t>(e.state));
  w.number(e.range.from);
  w.number(e.range.to);
  w.number(e.error);
  w.number(e.tries);
  w.number(e.next_try);
  w.number(e.updated);
  w.text(e.reason);
}

LedgerEntry read_entry(Reader &r, const std::string &source) {
  LedgerEntry e;
  const auto state = r.number<std::uint32_t>();
  r.need(state >= TDK_COVERAGE_PRESENT && state <= TDK_COVERAGE_FAILED);
  e.state = static_cast<CoverageState>(state);
  e.range.from = r.number<std::int64_t>();
  e.range.to = r.number<std::int64_t>();
  e.error = r.number<std::int32_t>();
  e.tries = r.number<std::uint32_t>();
  e.next_try = r.number<std::int64_t>();
  e.updated = r.number<std::int64_t>();
  e.reason = r.text();
  e.source = source;
  return e;
}

void write(Writer &w, const CandlePart &part) {
  w.text(part.series.symbol);
  w.number(part.series.interval.abi().unit);
  w.number(part.series.interval.abi().count);
  w.number(part.series.price_type);
  w.number(part.series.adjustment);
  w.text(part.source);
  w.text(part.version);
  w.number(part.rank);
  w.number(part.fetched_at);
  write(w, part.candles);
  w.count(part.ledger.size());
  for (const auto &e : part.ledger) write(w, e);
}

CandlePart read_candle_part(Reader &r) {
  CandlePart part;
  part.series.symbol = r.text();
  const auto unit = r.number<std::uint32_t>();
  const auto interval = Interval::from_abi({unit, r.number<std::uint32_t>()});
  r.need(interval.has_value());
  if (interval) part.series.interval = *interval;
  part.series.price_type = r.number<std::uint32_t>();
  part.series.adjustment = r.number<std::uint32_t>();
  part.source = r.text();
  part.version = r.text();
  part.rank = r.number<std::uint32_t>();
  part.fetched_at = r.number<std::int64_t>();
  read(r, part.candles);
  for (std::size_t n = r.count(kEntryLeast); n > 0 && !r.failed(); --n)
    part.ledger.push_back(read_entry(r, part.source));
  return part;
}

void write(Writer &w, const Tick &t) {
  w.number(t.flags);
  for (const auto exp : {t.price_exp, t.size_exp, t.volume_exp}) w.number(static_cast<std::int8_t>(exp));
  const auto fields = optional_fields(t);
  unsigned mask = 0;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (*fields[i] != TDK_NULL_I64) mask |= 1u << i;
  w.number(static_cast<std::uint8_t>(mask));
  w.number(t.time);
  w.number(t.sequence);
  for (const auto *field : fields)
    if (*field != TDK_NULL_I64) w.number(*field);
}

Tick read_tick(Reader &r) {
  Tick t;
  t.flags = r.number<std::uint32_t>();
  for (auto *exp : {&t.price_exp, &t.size_exp, &t.volume_exp}) *exp = r.number<std::int8_t>();
  const unsigned mask = r.number<std::uint8_t>();
  t.time = r.number<std::int64_t>();
  t.sequence = r.number<std::int64_t>();
  const auto fields = optional_fields(t);
  for (std::size_t i = 0; i < fields.size(); ++i)
    if ((mask >> i & 1) != 0) *fields[i] = r.number<std::int64_t>();
  return t;
}

void write(Writer &w, const TickPart &part) {
  w.text(part.source);
  w.text(part.version);
  w.count(part.symbols.size());
  for (const auto &of : part.symbols) {
    w.text(of.symbol);
    w.count(of.ticks.size());
    for (const auto &tick : of.ticks) write(w, tick);
  }
}

TickPart read_tick_part(Reader &r) {
  TickPart part;
  part.source = r.text();
  part.version = r.text();
  for (std::size_t n = r.count(8); n > 0 && !r.failed(); --n) {
    auto &of = part.symbols.emplace_back();
    of.symbol = r.text();
    for (std::size_t ticks = r.count(kTickLeast); ticks > 0 && !r.failed(); --ticks) of.ticks.push_back(read_tick(r));
  }
  return part;
}

}  // namespace

std::string encode_batch(const DeliveryBatch &batch) {
  Writer w;
  w.count(batch.candles.size());
  for (const auto &part : batch.candles) write(w, part);
  w.count(batch.ticks.size());
  for (const auto &part : batch.ticks) write(w, part);
  return std::move(w.out);
}

std::optional<DeliveryBatch> decode_batch(std::string_view bytes) {
  Reader r(bytes);
  DeliveryBatch batch;
  for (std::size_t n = r.count(1); n > 0 && !r.failed(); --n) batch.candles.push_back(read_candle_part(r));
  for (std::size_t n = r.count(1); n > 0 && !r.failed(); --n) batch.ticks.push_back(read_tick_part(r));
  if (r.failed() || !r.ended()) return std::nullopt;
  return batch;
}

}  // namespace tapedeck
