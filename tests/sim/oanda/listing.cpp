#include "sim/oanda/listing.hpp"

#include <array>
#include <stdexcept>

#include "sim/decimal.hpp"
#include "sim/hashing.hpp"
#include "sim/oanda/made_up_quotes.hpp"
#include "sim/oanda/taped_quotes.hpp"
#include "sim/text.hpp"

namespace tapedeck::sim::oanda {
namespace {

/// Days of hourly sums that all instruments share.
constexpr std::size_t kCachedDays = 8'192;

struct Row {
  std::string_view name, display_name, type;
  int decimals, pip;
  double price;
  std::int64_t half_ticks;
  Hours hours = Hours::Forex;
  std::int64_t quiet_per_mille = 15;
};

constexpr std::array<Row, 26> kRows{{
    {"EUR_USD", "EUR/USD", "CURRENCY", 5, -4, 1.12, 7},
    {"GBP_USD", "GBP/USD", "CURRENCY", 5, -4, 1.29, 9},
    {"USD_JPY", "USD/JPY", "CURRENCY", 3, -2, 118.0, 7},
    {"USD_CHF", "USD/CHF", "CURRENCY", 5, -4, 0.95, 9},
    {"USD_CAD", "USD/CAD", "CURRENCY", 5, -4, 1.31, 10},
    {"AUD_USD", "AUD/USD", "CURRENCY", 5, -4, 0.71, 8},
    {"NZD_USD", "NZD/USD", "CURRENCY", 5, -4, 0.66, 9, Hours::Forex, 40},
    {"EUR_GBP", "EUR/GBP", "CURRENCY", 5, -4, 0.87, 8, Hours::Forex, 30},
    {"EUR_JPY", "EUR/JPY", "CURRENCY", 3, -2, 132.0, 9},
    {"EUR_CHF", "EUR/CHF", "CURRENCY", 5, -4, 1.06, 10, Hours::Forex, 60},
    {"GBP_JPY", "GBP/JPY", "CURRENCY", 3, -2, 152.0, 13},
    {"AUD_NZD", "AUD/NZD", "CURRENCY", 5, -4, 1.07, 14, Hours::Forex, 120},
    {"USD_MXN", "USD/MXN", "CURRENCY", 5, -4, 19.4, 250, Hours::Forex, 90},
    {"XAU_USD", "Gold", "METAL", 3, -2, 1'680.0, 180, Hours::Metal},
    {"XAG_USD", "Silver", "METAL", 5, -4, 21.0, 1'100, Hours::Metal, 60},
    {"SPX500_USD", "US SPX 500", "CFD", 1, 0, 3'600.0, 2, Hours::Metal},
    {"NAS100_USD", "US Nas 100", "CFD", 1, 0, 11'800.0, 8, Hours::Metal},
    {"US30_USD", "US Wall St 30", "CFD", 1, 0, 30'500.0, 12, Hours::Metal},
    {"UK100_GBP", "UK 100", "CFD", 1, 0, 7'100.0, 5, Hours::Metal, 40},
    {"DE30_EUR", "Germany 40", "CFD", 1, 0, 13'600.0, 6, Hours::Metal, 30},
    {"EU50_EUR", "Europe 50", "CFD", 1, 0, 3'700.0, 7, Hours::Metal, 60},
    {"FR40_EUR", "France 40", "CFD", 1, 0, 6'000.0, 6, Hours::Metal, 60},
    {"JP225_USD", "Japan 225", "CFD", 1, 0, 25'800.0, 35, Hours::Metal, 40},
    {"HK33_HKD", "Hong Kong 33", "CFD", 1, 0, 24'000.0, 40, Hours::Metal, 80},
    {"AU200_AUD", "Australia 200", "CFD", 1, 0, 6'700.0, 10, Hours::Metal, 80},
    {"BCO_USD", "Brent Crude Oil", "CFD", 3, -2, 68.0, 16, Hours::Metal, 50},
}};

std::int64_t tick_of(int decimals) {
  std::int64_t tick = kUnit;
  while (decimals-- > 0) tick /= 10;
  return tick;
}

/// `EURUSD` and `EUR_USD` are one name.
std::string vendor_name(const std::string &symbol) {
  std::string name = symbol;
  if (name.find('_') == std::string::npos && name.size() > 3) name.insert(name.size() - 3, "_");
  const bool legal =
      name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
  if (!legal || name.find('_') == std::string::npos)
    throw std::invalid_argument("--ticks: " + sim::quoted(symbol) +
                                " is no OANDA instrument (upper case, as EURUSD or EUR_USD)");
  return name;
}

}  // namespace

Listing::Listing(const Options &options) {
  const auto days = std::make_shared<QuoteDays>(kCachedDays);
  for (const Row &row : kRows) {
    Instrument made;
    made.name = row.name;
    made.display_name = row.display_name;
    made.type = row.type;
    made.decimals = row.decimals;
    made.pip = row.pip;
    made.key = key_of(options.seed, concat({"oanda:", row.name}));
    const MadeUpSpec spec{tick_of(row.decimals), row.price, row.half_ticks, row.hours,
                          row.quiet_per_mille};
    made.history = std::make_unique<MadeUpQuotes>(made.key, spec, days);
    instruments_.push_back(std::move(made));
  }
  for (const TickSource &source : options.ticks)
    if (source.vendor == "oanda") add_ticks(options.seed, source);
}

/// A file takes the place of a made-up instrument of the same name.
void Listing::add_ticks(std::uint64_t seed, const TickSource &source) {
  const std::string name = vendor_name(source.symbol);
  auto taped = std::make_unique<TapedQuotes>(load_ticks(source.file));
  const int decimals = taped->decimals();
  for (Instrument &old : instruments_) {
    if (old.name != name) continue;
    if (old.history->recorded())
      throw std::invalid_argument("--ticks: " + name + " is there twice");
    old.decimals = std::max(old.decimals, decimals);
    old.history = std::move(taped);
    return;
  }
  Instrument made;
  made.name = made.display_name = name;
  made.display_name[name.find('_')] = '/';
  made.type = "CURRENCY";
  made.decimals = decimals;
  made.pip = 1 - decimals;
  made.key = key_of(seed, "oanda:" + name);
  made.history = std::move(taped);
  instruments_.push_back(std::move(made));
}

const Instrument *Listing::find(std::string_view name) const {
  for (const Instrument &instrument : instruments_)
    if (instrument.name == name) return &instrument;
  return nullptr;
}

}  // namespace tapedeck::sim::oanda
