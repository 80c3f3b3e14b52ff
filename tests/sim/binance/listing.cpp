#include "sim/binance/listing.hpp"

#include <array>
#include <stdexcept>

#include "sim/binance/params.hpp"
#include "sim/csv_series.hpp"
#include "sim/hashing.hpp"
#include "sim/synthetic.hpp"

namespace tapedeck::sim::binance {
namespace {

/// Days of hourly sums that all instruments share: 16,384 days are 45 MiB.
constexpr std::size_t kCachedDays = 16'384;

constexpr std::int64_t kBrokeOff = 1'654'041'600'000;  // 2022-06-01T00:00:00Z
constexpr std::int64_t kHalted = 1'709'251'200'000;    // 2024-03-01T00:00:00Z

/// Tick and step as decimals behind the point (8 is the finest Binance has).
struct Row {
  std::string_view base, quote;
  int tick_decimals, step_decimals;
  double price, sigma;
  std::int64_t trades, steps_per_trade;
  std::string_view status = "TRADING";
  std::int64_t end = kNoTimeLimit;
};

constexpr std::array<Row, 25> kRows{{
    {"BTC", "USDT", 2, 5, 42'000, 0.0007, 900, 280},
    {"ETH", "USDT", 2, 4, 2'600, 0.0009, 600, 350},
    {"BNB", "USDT", 2, 3, 380, 0.0009, 240, 260},
    {"SOL", "USDT", 2, 3, 110, 0.0012, 300, 900},
    {"XRP", "USDT", 4, 1, 0.62, 0.0011, 260, 1'500},
    {"ADA", "USDT", 4, 1, 0.48, 0.0012, 180, 1'800},
    {"DOGE", "USDT", 5, 0, 0.12, 0.0014, 220, 700},
    {"LTC", "USDT", 2, 3, 92, 0.0010, 140, 700},
    {"DOT", "USDT", 3, 2, 7.4, 0.0012, 90, 900},
    {"LINK", "USDT", 2, 2, 14.5, 0.0012, 110, 600},
    {"AVAX", "USDT", 2, 2, 31, 0.0013, 100, 300},
    {"TRX", "USDT", 4, 1, 0.11, 0.0009, 90, 9'000},
    {"MATIC", "USDT", 4, 1, 0.85, 0.0013, 110, 1'200, "BREAK", kHalted},
    {"BTC", "USDC", 2, 5, 42'000, 0.0007, 220, 220},
    {"ETH", "USDC", 2, 4, 2'600, 0.0009, 160, 260},
    {"BTC", "EUR", 2, 5, 38'500, 0.0007, 120, 160},
    {"ETH", "EUR", 2, 4, 2'400, 0.0009, 80, 200},
    {"EUR", "USDT", 4, 1, 1.09, 0.0002, 60, 2'400},
    {"ETH", "BTC", 5, 4, 0.061, 0.0005, 160, 300},
    {"LTC", "BTC", 6, 3, 0.0021, 0.0007, 40, 900},
    {"BNB", "BTC", 6, 3, 0.0088, 0.0006, 50, 300},
    {"XRP", "BTC", 8, 0, 0.000014, 0.0009, 45, 120},
    {"BNB", "ETH", 4, 3, 0.145, 0.0006, 20, 260},
    {"BCC", "BTC", 6, 3, 0.14, 0.0011, 40, 120, "BREAK", kBrokeOff},
    {"EOS", "ETH", 7, 1, 0.0021, 0.0010, 16, 200, "HALT", kHalted},
}};

std::int64_t power_of_ten(int exponent) {
  std::int64_t value = 1;
  while (exponent-- > 0) value *= 10;
  return value;
}

Instrument make_synthetic(std::uint64_t seed, const Row &row,
                          const std::shared_ptr<DayCache> &days) {
  Instrument made;
  made.base = row.base;
  made.quote = row.quote;
  made.symbol = made.base + made.quote;
  made.status = row.status;
  made.unit = {power_of_ten(8 - row.tick_decimals), power_of_ten(8 - row.step_decimals)};
  made.key = key_of(seed, "binance:" + made.symbol);
  SyntheticSpec spec;
  spec.unit = made.unit;
  spec.price = row.price;
  spec.sigma = row.sigma;
  spec.trades = row.trades;
  spec.steps_per_trade = row.steps_per_trade;
  spec.end = row.end;
  made.series = std::make_unique<SyntheticSeries>(made.key, spec, days);
  return made;
}

}  // namespace

Assets split_symbol(std::string_view symbol) {
  constexpr std::array<std::string_view, 18> quotes{"FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD",
                                                    "EUR",   "GBP",  "JPY",  "TRY",  "BRL",  "AUD",
                                                    "BTC",   "ETH",  "BNB",  "XRP",  "TRX",  "DAI"};
  for (const std::string_view quote : quotes)
    if (symbol.size() > quote.size() && symbol.ends_with(quote))
      return {symbol.substr(0, symbol.size() - quote.size()), quote};
  const std::size_t cut = symbol.size() > 3 ? symbol.size() - 3 : symbol.size();
  return {symbol.substr(0, cut), symbol.substr(cut)};
}

Listing::Listing(std::uint64_t seed, std::span<const CsvSource> csv,
                 std::span<const std::string> replayed) {
  const auto days = std::make_shared<DayCache>(kCachedDays);
  for (const Row &row : kRows) instruments_.push_back(make_synthetic(seed, row, days));
  for (const CsvSource &source : csv)
    if (source.vendor == "binance") add_csv(seed, source);
  for (const std::string &symbol : replayed) add_replayed(seed, symbol, days);
  for (std::size_t i = 0; i < instruments_.size(); ++i) index_.emplace(instruments_[i].symbol, i);
}

void Listing::add_replayed(std::uint64_t seed, const std::string &symbol,
                           const std::shared_ptr<DayCache> &days) {
  for (Instrument &known : instruments_) {
    if (known.symbol != symbol) continue;
    known.status = "TRADING";
    return;
  }
  const Assets assets = split_symbol(symbol);
  instruments_.push_back(
      make_synthetic(seed, {assets.base, assets.quote, 8, 8, 1.0, 0.0008, 100, 1'000}, days));
}

/// A file takes the place of a made-up instrument of the same name.
void Listing::add_csv(std::uint64_t seed, const CsvSource &source) {
  if (!is_symbol(source.symbol))
    throw std::invalid_argument("--csv: '" + source.symbol +
                                "' is no Binance symbol (upper case, as BTCUSDT)");
  const std::uint64_t key = key_of(seed, "binance:" + source.symbol);
  const std::int64_t step = source.interval.length_ms;
  auto series = std::make_unique<CsvSeries>(key, load_csv(source.file, step), step);
  const Assets assets = split_symbol(source.symbol);
  Instrument made;
  made.symbol = source.symbol;
  made.base = assets.base;
  made.quote = assets.quote;
  made.unit = series->unit();
  made.key = key;
  made.series = std::move(series);
  for (Instrument &old : instruments_) {
    if (old.symbol != made.symbol) continue;
    const auto *recorded = dynamic_cast<const CsvSeries *>(old.series.get());
    if (recorded != nullptr)
      throw std::invalid_argument("--csv: " + made.symbol +
                                  " is there twice; give its finest file");
    old = std::move(made);
    return;
  }
  instruments_.push_back(std::move(made));
}

const Instrument *Listing::find(std::string_view symbol) const {
  const auto it = index_.find(symbol);
  return it == index_.end() ? nullptr : &instruments_[it->second];
}

}  // namespace tapedeck::sim::binance
