#include "sim/binance/stream_name.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace tapedeck::sim::binance {
namespace {

constexpr std::size_t kMaxSymbol = 50;

struct Named {
  std::string_view name;
  StreamKind kind;
};

constexpr std::array<Named, 15> kSuffixes{{
    {"trade", StreamKind::Trade},
    {"aggTrade", StreamKind::AggregateTrade},
    {"bookTicker", StreamKind::BookTicker},
    {"miniTicker", StreamKind::MiniTicker},
    {"ticker", StreamKind::Ticker},
    {"avgPrice", StreamKind::Silent},
    {"depth", StreamKind::Silent},
    {"depth@100ms", StreamKind::Silent},
    {"depth@1000ms", StreamKind::Silent},
    {"depth5", StreamKind::Silent},
    {"depth10", StreamKind::Silent},
    {"depth20", StreamKind::Silent},
    {"depth5@100ms", StreamKind::Silent},
    {"depth10@100ms", StreamKind::Silent},
    {"depth20@100ms", StreamKind::Silent},
}};

constexpr std::array<std::string_view, 4> kAllMarket{"!miniTicker@arr", "!ticker_1h@arr",
                                                     "!ticker_4h@arr", "!ticker_1d@arr"};

/// Lower case; bytes beyond ASCII occur since 2025-12.
bool is_symbol_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char &c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

bool set_kind(StreamName &name, std::string_view suffix) {
  constexpr std::string_view kline = "kline_";
  if (suffix.starts_with(kline)) {
    const auto interval = find_interval(suffix.substr(kline.size()));
    if (interval) name.interval = *interval;
    name.kind = StreamKind::Kline;
    return interval.has_value();
  }
  for (const Named &known : kSuffixes) {
    if (known.name != suffix) continue;
    name.kind = known.kind;
    return true;
  }
  return false;
}

}  // namespace

std::optional<StreamName> parse_stream_name(std::string_view text) {
  StreamName name;
  name.text = text;
  if (std::find(kAllMarket.begin(), kAllMarket.end(), text) != kAllMarket.end()) return name;
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at > kMaxSymbol) return std::nullopt;
  const std::string_view symbol = text.substr(0, at);
  if (!std::all_of(symbol.begin(), symbol.end(), is_symbol_byte)) return std::nullopt;
  name.symbol = upper(symbol);
  if (!set_kind(name, text.substr(at + 1))) return std::nullopt;
  return name;
}

}  // namespace tapedeck::sim::binance
