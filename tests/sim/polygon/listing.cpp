#include "sim/polygon/listing.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "sim/csv_series.hpp"
#include "sim/hashing.hpp"
#include "sim/synthetic.hpp"
#include "sim/text.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::polygon {
namespace {

constexpr std::size_t kCachedDays = 256;

struct Row {
  std::string_view ticker, name, type;
  int tick_decimals, step_decimals;
  double price, sigma;
  std::int64_t trades, steps_per_trade;
};

constexpr std::array<Row, 15> kRows{{
    {"AAPL", "Apple Inc.", "CS", 2, 0, 180, 0.0005, 90, 120},
    {"BRK.B", "Berkshire Hathaway Inc. Class B", "CS", 2, 0, 360, 0.0003, 14, 30},
    {"C:EURUSD", "Euro - United States Dollar", "", 5, 0, 1.09, 0.00008, 80, 1},
    {"C:GBPUSD", "British Pound - United States Dollar", "", 5, 0, 1.27, 0.00009, 70, 1},
    {"C:USDJPY", "United States Dollar - Japanese Yen", "", 3, 0, 149, 0.00008, 70, 1},
    {"C:XAUUSD", "Gold - United States Dollar", "", 2, 0, 2'050, 0.0002, 60, 1},
    {"I:DJI", "Dow Jones Industrial Average", "", 2, 0, 38'000, 0.0002, 30, 1},
    {"I:NDX", "Nasdaq 100", "", 2, 0, 17'500, 0.0003, 30, 1},
    {"I:SPX", "S&P 500", "", 2, 0, 5'000, 0.0002, 40, 1},
    {"MSFT", "Microsoft Corp", "CS", 2, 0, 400, 0.0004, 70, 90},
    {"NVDA", "Nvidia Corp", "CS", 2, 0, 120, 0.0008, 110, 160},
    {"SPY", "SPDR S&P 500 ETF Trust", "ETF", 2, 0, 500, 0.0002, 100, 200},
    {"X:BTCUSD", "Bitcoin - United States Dollar", "", 2, 8, 42'000, 0.0007, 120, 2'000'000},
    {"X:ETHUSD", "Ethereum - United States Dollar", "", 2, 8, 2'600, 0.0009, 90, 30'000'000},
    {"X:SHIBUSD", "Shiba Inu - United States Dollar", "", 8, 2, 0.000021, 0.0012, 40, 9'000'000},
}};

std::int64_t power_of_ten(int exponent) {
  std::int64_t value = 1;
  while (exponent-- > 0) value *= 10;
  return value;
}

Instrument make_synthetic(std::uint64_t seed, const Row &row,
                          const std::shared_ptr<DayCache> &days) {
  Instrument made;
  made.ticker = row.ticker;
  made.name = row.name;
  made.type = row.type;
  made.market = market_of(row.ticker);
  made.unit = {power_of_ten(8 - row.tick_decimals), power_of_ten(8 - row.step_decimals)};
  made.key = key_of(seed, "polygon:" + made.ticker);
  SyntheticSpec spec;
  spec.unit = made.unit;
  spec.price = row.price;
  spec.sigma = row.sigma;
  spec.trades = row.trades;
  spec.steps_per_trade = row.steps_per_trade;
  made.series = std::make_unique<SyntheticSeries>(made.key, spec, days);
  return made;
}

}  // namespace

Market market_of(std::string_view ticker) {
  if (ticker.starts_with("C:")) return Market::Forex;
  if (ticker.starts_with("X:")) return Market::Crypto;
  return ticker.starts_with("I:") ? Market::Indices : Market::Stocks;
}

std::string_view Instrument::code() const {
  const std::string_view text = ticker;
  return market == Market::Stocks ? text : text.substr(2);
}

std::string Instrument::stream_name() const {
  if (market == Market::Forex) return concat({base(), "/", quote()});
  if (market == Market::Crypto) return concat({base(), "-", quote()});
  return ticker;
}

Listing::Listing(std::uint64_t seed, std::span<const CsvSource> csv) {
  const auto days = std::make_shared<DayCache>(kCachedDays);
  for (const Row &row : kRows) instruments_.push_back(make_synthetic(seed, row, days));
  for (const CsvSource &source : csv)
    if (source.vendor == "polygon") add_csv(seed, source);
  std::sort(instruments_.begin(), instruments_.end(),
            [](const Instrument &a, const Instrument &b) { return a.ticker < b.ticker; });
}

/// `C:EURUSD` as it is; `EURUSD` and `EUR/USD` too, where a pair of that name is listed.
std::string Listing::ticker_of(std::string_view symbol) const {
  std::string plain(symbol);
  std::erase(plain, '/');
  for (const char *prefix : {"C:", "X:", "I:"})
    if (find(prefix + plain) != nullptr) return prefix + plain;
  return std::string(symbol);
}

void Listing::add_csv(std::uint64_t seed, const CsvSource &source) {
  Instrument made;
  made.ticker = ticker_of(source.symbol);
  made.name = made.ticker;
  made.market = market_of(made.ticker);
  if (made.market == Market::Stocks) made.type = "CS";
  const bool pair = made.market == Market::Forex || made.market == Market::Crypto;
  if (made.ticker.find('/') != std::string::npos || (pair && made.code().size() < 6))
    throw std::invalid_argument("--csv: '" + source.symbol +
                                "' is no Polygon ticker (as AAPL, C:EURUSD, X:BTCUSD, I:SPX)");
  made.key = key_of(seed, "polygon:" + made.ticker);
  const std::int64_t step = source.interval.length_ms;
  auto series = std::make_unique<CsvSeries>(made.key, load_csv(source.file, step), step);
  made.unit = series->unit();
  made.series = std::move(series);
  made.recorded = true;
  for (Instrument &old : instruments_) {
    if (old.ticker != made.ticker) continue;
    if (old.recorded)
      throw std::invalid_argument("--csv: " + made.ticker +
                                  " is there twice; give its finest file");
    made.name = old.name;
    made.type = old.type;
    old = std::move(made);
    return;
  }
  instruments_.push_back(std::move(made));
}

const Instrument *Listing::find(std::string_view ticker) const {
  for (const Instrument &each : instruments_)
    if (each.ticker == ticker) return &each;
  return nullptr;
}

const Instrument *Listing::find_stream(Market market, std::string_view name) const {
  for (const Instrument &each : instruments_)
    if (each.market == market && each.stream_name() == name) return &each;
  return nullptr;
}

void base_candles(const Instrument &instrument, std::int64_t step_ms, std::int64_t from,
                  std::int64_t to, std::int64_t now, std::vector<Candle> &out) {
  const auto all = static_cast<std::size_t>(std::max<std::int64_t>((to - from) / step_ms + 2, 1));
  instrument.series->candles({Grid(Interval{"", step_ms}), from, to, all, false, now}, out);
  if (instrument.recorded) return;
  std::erase_if(out, [&](const Candle &c) { return !is_open(instrument.market, c.open_time); });
}

std::optional<Candle> last_minute(const Instrument &instrument, std::int64_t now) {
  const std::int64_t step = std::max(instrument.series->step_ms(), kMinuteMs);
  std::vector<Candle> rows;
  for (std::int64_t to = now, length = kHourMs; now - to < 10 * kDayMs; to -= length) {
    length = std::min(length * 4, kDayMs);
    base_candles(instrument, step, to - length, to, now, rows);
    if (!rows.empty()) return rows.back();
  }
  return std::nullopt;
}

std::optional<Trade> last_trade(const Instrument &instrument, std::int64_t now) {
  const auto minute = last_minute(instrument, now);
  if (!minute) return std::nullopt;
  const std::int64_t span = instrument.series->trade_span_ms();
  std::vector<Trade> made;
  for (const std::int64_t time : {minute->open_time, minute->open_time - span}) {
    instrument.series->trades(time, made);
    for (auto trade = made.rbegin(); trade != made.rend(); ++trade)
      if (trade->time <= now && instrument.open_at(trade->time)) return *trade;
  }
  return std::nullopt;
}

Sides sides_about(const Instrument &instrument, const Trade &trade) {
  const std::uint64_t h = hash_at(instrument.key ^ 0x73696465, static_cast<std::uint64_t>(trade.id));
  const std::int64_t tick = instrument.unit.tick;
  const auto below = static_cast<std::int64_t>(h % 2);
  const auto above = static_cast<std::int64_t>(1 + (h >> 8) % 3);
  Sides sides;
  sides.bid = std::max(trade.price - below * tick, tick);
  sides.ask = trade.price + above * tick;
  sides.bid_size = static_cast<std::int64_t>(1 + (h >> 16) % 40) * instrument.unit.step;
  sides.ask_size = static_cast<std::int64_t>(1 + (h >> 24) % 40) * instrument.unit.step;
  return sides;
}

}  // namespace tapedeck::sim::polygon
