#include "market/known_codes.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tapedeck {
namespace {

// ISO 4217, active codes of states and unions, without the testing and metal codes; CNH is offshore renminbi.
constexpr auto kCurrencies = std::to_array<std::string_view>({
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF", "BMD",
    "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNH", "CNY", "COP", "CRC", "CUP",
    "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD",
    "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES",
    "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA",
    "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD",
    "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG",
    "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY",
    "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER",
    "ZAR", "ZMW", "ZWG"});

constexpr auto kMetals = std::to_array<std::string_view>({"XAG", "XAU", "XPD", "XPT"});

constexpr auto kCommodities = std::to_array<std::string_view>(
    {"BCO", "CORN", "NATGAS", "SOYBN", "SUGAR", "WHEAT", "WTICO", "XCU"});

constexpr auto kStablecoins = std::to_array<std::string_view>({"BUSD", "DAI", "FDUSD", "TUSD", "USDC", "USDP", "USDT"});

constexpr auto kCoins = std::to_array<std::string_view>({
    "1INCH", "AAVE", "ADA", "ALGO", "ANKR", "APE", "APT", "AR", "ARB", "ATOM", "AVAX", "AXS", "BAL", "BAND", "BAT", "BCH",
    "BLUR", "BNB", "BONK", "BSV", "BTC", "BTCB", "BTT", "CAKE", "CELO", "CFX", "CHZ", "COMP", "CRO", "CRV", "DASH", "DCR",
    "DOGE", "DOT", "DYDX", "EGLD", "ENA", "ENJ", "ENS", "EOS", "ETC", "ETH", "FET", "FIL", "FLOKI", "FLOW", "FTM", "FTT",
    "GALA", "GMT", "GMX", "GRT", "HBAR", "HOT", "ICP", "ICX", "IMX", "INJ", "IOTA", "IOTX", "JASMY", "JTO", "JUP", "KAS",
    "KAVA", "KSM", "LDO", "LEO", "LINK", "LRC", "LTC", "LUNA", "MANA", "MATIC", "MINA", "MKR", "NEAR", "NEO", "OKB", "ONDO",
    "ONE", "ONT", "OP", "ORDI", "PAXG", "PENDLE", "PEPE", "POL", "PYTH", "QNT", "QTUM", "RENDER", "RNDR", "ROSE", "RUNE",
    "RVN", "SAND", "SEI", "SHIB", "SNX", "SOL", "STETH", "STRK", "STX", "SUI", "SUSHI", "TAO", "THETA", "TIA", "TON", "TRUMP",
    "TRX", "TWT", "UNI", "VET", "WAVES", "WBTC", "WIF", "WLD", "XEC", "XEM", "XLM", "XMR", "XRP", "XTZ", "YFI", "ZEC", "ZIL",
    "ZRX"});

// Canonical name, then the vendors' and the press's: Polygon's I:..., OANDA's contracts, the exchanges' codes.
constexpr auto kIndices = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"SPX", "SPX"},         {"I:SPX", "SPX"},       {"SPX500", "SPX"},      {"SPX500_USD", "SPX"},   {"US500", "SPX"},
    {"US30", "US30"},       {"I:DJI", "US30"},      {"DJI", "US30"},        {"DJIA", "US30"},        {"US30_USD", "US30"},
    {"NAS100", "NAS100"},   {"I:NDX", "NAS100"},    {"NDX", "NAS100"},      {"NAS100_USD", "NAS100"}, {"US100", "NAS100"},
    {"US2000", "US2000"},   {"I:RUT", "US2000"},    {"US2000_USD", "US2000"},
    {"VIX", "VIX"},         {"I:VIX", "VIX"},
    {"UK100", "UK100"},     {"UK100_GBP", "UK100"}, {"UKX", "UK100"},       {"FTSE", "UK100"},
    {"DE40", "DE40"},       {"DE40_EUR", "DE40"},   {"DE30", "DE40"},       {"DE30_EUR", "DE40"},    {"GER40", "DE40"},
    {"FR40", "FR40"},       {"FR40_EUR", "FR40"},   {"EU50", "EU50"},       {"EU50_EUR", "EU50"},    {"SX5E", "EU50"},
    {"JP225", "JP225"},     {"JP225_USD", "JP225"}, {"NI225", "JP225"},     {"N225", "JP225"},
    {"HK50", "HK50"},       {"HK33", "HK50"},       {"HK33_HKD", "HK50"},   {"HK50_HKD", "HK50"},    {"HSI", "HK50"},
    {"AU200", "AU200"},     {"AU200_AUD", "AU200"}, {"CN50", "CN50"},       {"CN50_USD", "CN50"}});

// Tickers of US stocks or funds that name something else as often.
constexpr auto kAmbiguous = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"GOLD", "XAU/USD"}, {"SILVER", "XAG/USD"}, {"OIL", "WTICO/USD"}, {"DAX", "DE40"}, {"RUT", "US2000"}});

template <std::size_t N>
bool contains(const std::array<std::string_view, N> &sorted, std::string_view code) {
  return std::binary_search(sorted.begin(), sorted.end(), code);
}

template <std::size_t N>
std::string_view value_of(const std::array<std::pair<std::string_view, std::string_view>, N> &table, std::string_view key) {
  for (const auto &[name, value] : table)
    if (name == key) return value;
  return {};
}

}  // namespace

static_assert(std::is_sorted(kCurrencies.begin(), kCurrencies.end()));
static_assert(std::is_sorted(kMetals.begin(), kMetals.end()));
static_assert(std::is_sorted(kCommodities.begin(), kCommodities.end()));
static_assert(std::is_sorted(kStablecoins.begin(), kStablecoins.end()));
static_assert(std::is_sorted(kCoins.begin(), kCoins.end()));

bool is_currency(std::string_view code) noexcept { return contains(kCurrencies, code); }
bool is_metal(std::string_view code) noexcept { return contains(kMetals, code); }
bool is_commodity(std::string_view code) noexcept { return contains(kCommodities, code); }
bool is_stablecoin(std::string_view code) noexcept { return contains(kStablecoins, code); }
bool is_coin(std::string_view code) noexcept { return contains(kCoins, code) || is_stablecoin(code); }
std::string_view index_of(std::string_view notation) noexcept { return value_of(kIndices, notation); }
std::string_view ambiguous_word(std::string_view word) noexcept { return value_of(kAmbiguous, word); }

}  // namespace tapedeck
