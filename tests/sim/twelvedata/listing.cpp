#include "sim/twelvedata/listing.hpp"

#include <array>
#include <stdexcept>

#include "sim/csv.hpp"
#include "sim/csv_series.hpp"
#include "sim/hashing.hpp"
#include "sim/synthetic.hpp"
#include "sim/time_text.hpp"
#include "sim/twelvedata/query.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

constexpr std::size_t kCachedDays = 16'384;

struct Row {
  std::string_view symbol, name;
  Class kind;
  std::string_view exchange, mic, base, quote;
  int decimals;
  double price, sigma;
  std::int64_t trades;
  std::string_view plan = "";
};

constexpr std::array<Row, 12> kRows{{
    {"EUR/USD", "Euro / US Dollar", Class::Forex, "", "", "Euro", "US Dollar", 5, 1.09, 0.00007,
     60},
    {"GBP/USD", "British Pound / US Dollar", Class::Forex, "", "", "British Pound", "US Dollar", 5,
     1.27, 0.00008, 50},
    {"USD/JPY", "US Dollar / Japanese Yen", Class::Forex, "", "", "US Dollar", "Japanese Yen", 3,
     148.0, 0.00008, 50},
    {"XAU/USD", "Gold Spot / US Dollar", Class::Metal, "", "", "Gold Spot", "US Dollar", 5, 2'050.0,
     0.00015, 60},
    {"XAG/USD", "Silver Spot / US Dollar", Class::Metal, "", "", "Silver Spot", "US Dollar", 5,
     24.0, 0.0003, 40, "Grow or Venture"},
    {"BTC/USD", "Bitcoin US Dollar", Class::Crypto, "Coinbase Pro", "", "Bitcoin", "US Dollar", 2,
     42'000.0, 0.0007, 200},
    {"ETH/USD", "Ethereum US Dollar", Class::Crypto, "Coinbase Pro", "", "Ethereum", "US Dollar", 2,
     2'600.0, 0.0009, 150},
    {"AAPL", "Apple Inc.", Class::Stock, "NASDAQ", "XNGS", "", "", 5, 190.0, 0.0006, 400},
    {"MSFT", "Microsoft Corporation", Class::Stock, "NASDAQ", "XNGS", "", "", 5, 400.0, 0.0006,
     350},
    {"AMZN", "Amazon.com Inc.", Class::Stock, "NASDAQ", "XNGS", "", "", 5, 170.0, 0.0007, 350},
    {"RY", "Royal Bank of Canada", Class::Stock, "TSX", "XTSE", "", "", 5, 130.0, 0.0005, 60,
     "Grow or Venture"},
    {"SPX", "S&P 500", Class::Index, "NYSE", "XNYS", "", "", 5, 4'800.0, 0.0003, 60},
}};

std::int64_t power_of_ten(int exponent) {
  std::int64_t value = 1;
  while (exponent-- > 0) value *= 10;
  return value;
}

Instrument described(std::uint64_t seed, const Row &row) {
  Instrument made;
  made.symbol = row.symbol;
  made.name = row.name;
  made.kind = row.kind;
  made.exchange = row.exchange;
  made.mic = row.mic;
  made.base = row.base;
  made.quote = row.quote;
  made.decimals = row.decimals;
  made.plan = row.plan;
  made.currency = made.is_pair() ? "" : row.exchange == "TSX" ? "CAD" : "USD";
  made.country = made.is_pair() ? "" : row.exchange == "TSX" ? "Canada" : "United States";
  made.key = key_of(seed, "twelvedata:" + made.symbol);
  made.unit = {power_of_ten(8 - row.decimals), power_of_ten(8)};
  return made;
}

Instrument make_synthetic(std::uint64_t seed, const Row &row,
                          const std::shared_ptr<DayCache> &days) {
  Instrument made = described(seed, row);
  SyntheticSpec spec;
  spec.unit = made.unit;
  spec.price = row.price;
  spec.sigma = row.sigma;
  spec.trades = row.trades;
  made.series = std::make_unique<SyntheticSeries>(made.key, spec, days);
  return made;
}

/// `XAUUSD` is `XAU/USD` where that is listed: a file's name on a command line has no slash.
std::string without_slash(std::string_view symbol) {
  std::string out;
  for (const char c : symbol)
    if (c != '/') out += c;
  return out;
}

/// From Sunday's opening to Friday's close; metals rest between the two every day.
bool week_open(bool metal, std::int64_t day, std::int64_t of_day) {
  constexpr std::int64_t kClose = 17 * kHourMs;
  const std::int64_t opening = metal ? 18 * kHourMs : kClose;
  const std::int64_t week = weekday(day);
  if (week == 6) return false;
  if (week == 5) return of_day < kClose;
  return of_day >= opening || (week != 0 && of_day < kClose);
}

}  // namespace

std::string_view Instrument::type() const {
  switch (kind) {
    case Class::Stock:
      return "Common Stock";
    case Class::Index:
      return "Index";
    case Class::Forex:
      return "Physical Currency";
    case Class::Metal:
      return "Precious Metal";
    case Class::Crypto:
      return "Digital Currency";
  }
  return "";
}

Zone Instrument::zone() const {
  if (kind == Class::Forex || kind == Class::Metal) return Zone::sydney();
  return kind == Class::Crypto ? Zone::utc() : Zone::new_york();
}

bool is_open(const Instrument &instrument, std::int64_t utc_ms, bool extended) {
  if (instrument.kind == Class::Crypto) return true;
  const std::int64_t local = utc_ms + Zone::new_york().offset_ms(utc_ms);
  const std::int64_t day = floor_div(local, kDayMs);
  const std::int64_t of_day = local - day * kDayMs;
  if (instrument.is_pair()) return week_open(instrument.kind == Class::Metal, day, of_day);
  const std::int64_t week = weekday(day);
  const bool longer = extended && instrument.kind == Class::Stock && instrument.currency == "USD";
  const std::int64_t opening = longer ? 4 * kHourMs : 9 * kHourMs + 30 * kMinuteMs;
  return week >= 1 && week <= 5 && of_day >= opening && of_day < (longer ? 20 : 16) * kHourMs;
}

Listing::Listing(std::uint64_t seed, const std::vector<CsvSource> &csv) {
  const auto days = std::make_shared<DayCache>(kCachedDays);
  for (const Row &row : kRows) instruments_.push_back(make_synthetic(seed, row, days));
  for (const CsvSource &source : csv)
    if (source.vendor == "twelvedata") add_csv(seed, source);
}

/// A file takes the place of a made-up instrument; there must be one, whose description it takes.
void Listing::add_csv(std::uint64_t seed, const CsvSource &source) {
  const std::int64_t step = source.interval.length_ms;
  for (Instrument &known : instruments_) {
    if (known.symbol != source.symbol && without_slash(known.symbol) != source.symbol) continue;
    if (known.recorded)
      throw std::invalid_argument("--csv: " + known.symbol +
                                  " is there twice; give its finest file");
    auto series = std::make_unique<CsvSeries>(known.key, load_csv(source.file, step), step);
    known.unit = series->unit();
    known.key = key_of(seed, "twelvedata:csv:" + known.symbol);
    known.recorded = true;
    known.series = std::move(series);
    return;
  }
  throw std::invalid_argument("--csv: twelvedata lists no '" + source.symbol +
                              "'; see the table in tests/sim/README.md");
}

const Instrument *Listing::find(std::string_view symbol) const {
  const std::string wanted = lower(symbol.substr(0, symbol.find(':')));
  const std::size_t colon = symbol.find(':');
  for (const Instrument &instrument : instruments_) {
    if (lower(instrument.symbol) != wanted) continue;
    if (colon == symbol.npos) return &instrument;
    const std::string exchange = lower(symbol.substr(colon + 1));
    if (exchange == lower(instrument.exchange) || exchange == lower(instrument.mic))
      return &instrument;
  }
  return nullptr;
}

}  // namespace tapedeck::sim::twelvedata
