#include "market/instrument.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <array>
#include <optional>

#include "market/known_codes.hpp"
#include "market/series.hpp"

namespace tapedeck {
namespace {

using Instruments = std::vector<Instrument>;

constexpr std::array kClasses = {AssetClass::Stock, AssetClass::Index,     AssetClass::Forex,
                                 AssetClass::Metal, AssetClass::Commodity, AssetClass::Crypto};

// Of a pair. What is quoted in something else and is no known code is a coin: there is a new one every day.
AssetClass class_of_pair(std::string_view base, std::string_view quote) {
  if (is_metal(base)) return AssetClass::Metal;
  if (is_commodity(base)) return AssetClass::Commodity;
  if (is_currency(base) && is_currency(quote)) return AssetClass::Forex;
  return AssetClass::Crypto;
}

Instrument pair(std::string_view base, std::string_view quote) {
  return {std::string(base) + "/" + std::string(quote), class_of_pair(base, quote)};
}

// Something others are quoted in.
bool is_quote(std::string_view code) {
  return is_currency(code) || is_stablecoin(code) || code == "BTC" || code == "ETH" || code == "BNB";
}

bool is_base(std::string_view code) { return is_currency(code) || is_metal(code) || is_commodity(code) || is_coin(code); }

// "BTCUSDT": every way to cut it into codes that are known; where there is none, before a quote that no ticker of a
// stock ends in, or a dollar that makes it longer than any.
Instruments cut(std::string_view word) {
  Instruments known, guessed;
  for (std::size_t at = 2; at + 3 <= word.size(); ++at) {
    const std::string_view base = word.substr(0, at), quote = word.substr(at);
    if (!is_quote(quote) || base == quote) continue;
    if (is_base(base))
      known.push_back(pair(base, quote));
    else if (is_stablecoin(quote) || (quote == "USD" && word.size() > 5))
      guessed.push_back(pair(base, quote));
  }
  if (!known.empty()) return known;
  return guessed.empty() ? guessed : Instruments{guessed.back()};  // the shortest quote leaves nothing out
}

std::optional<Instrument> index(std::string_view notation) {
  const std::string_view name = index_of(notation);
  return name.empty() ? std::nullopt : std::optional(Instrument{std::string(name), AssetClass::Index});
}

// A word that stands alone: a pair without its slash, an index, a ticker, or two of these.
Instruments read_word(std::string_view word) {
  if (const auto i = index(word)) return {*i};
  Instruments out = cut(word);
  if (!out.empty()) return out;
  if (const std::string_view meant = ambiguous_word(word); !meant.empty()) out = read_symbol(meant);
  if (word == "BTC" || word == "ETH") out = {pair(word, "USD"), pair(word, "USDT")};
  if (is_metal(word)) out = {pair(word, "USD")};
  out.push_back({std::string(word), AssetClass::Stock});
  return out;
}

// "C:EURUSD", "X:BTCUSD", "I:SPX": Polygon's.
Instruments read_prefixed(char prefix, std::string_view rest) {
  if (prefix == 'I') {
    const auto i = index("I:" + std::string(rest));
    return i ? Instruments{*i} : Instruments{};
  }
  Instruments out = rest.find('-') == std::string_view::npos ? cut(rest) : read_symbol(rest);
  std::erase_if(out, [&](const Instrument &i) { return (i.asset_class == AssetClass::Crypto) != (prefix == 'X'); });
  return out;
}

// "stock:GOLD": the class is said.
std::optional<Instruments> read_with_class(std::string_view notation) {
  const std::size_t colon = notation.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  for (const AssetClass c : kClasses) {
    if (asset_class_name(c) != notation.substr(0, colon)) continue;
    Instruments out = read_symbol(notation.substr(colon + 1));
    std::erase_if(out, [c](const Instrument &i) { return i.asset_class != c; });
    const std::string_view rest = notation.substr(colon + 1);
    if (out.empty() && (c == AssetClass::Stock || c == AssetClass::Index) && !symbol_problem(rest) &&
        rest.find('/') == std::string_view::npos)
      out.push_back({std::string(rest), c});
    return out;
  }
  return std::nullopt;
}

// "EUR_USD", "BTC-USD", "BRK-B".
Instruments read_joined(std::string_view notation, std::size_t at) {
  const std::string_view left = notation.substr(0, at), right = notation.substr(at + 1);
  if (is_quote(right)) return {pair(left, right)};
  if (right.size() == 1) return {{std::string(left) + "." + std::string(right), AssetClass::Stock}};  // a share class
  return {{std::string(notation), AssetClass::Stock}};
}

std::string list_of(const Instruments &candidates) {
  std::string out;
  for (const Instrument &i : candidates)
    out += (out.empty() ? "'" : " or '") + std::string(asset_class_name(i.asset_class)) + ":" + i.symbol + "'";
  return out;
}

// Whatever somebody typed, fit for a message.
std::string shown(std::string_view notation) {
  std::string out(notation.substr(0, 60));
  std::replace_if(out.begin(), out.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

}  // namespace

std::string_view asset_class_name(AssetClass asset_class) noexcept {
  switch (asset_class) {
    case AssetClass::Stock: return "stock";
    case AssetClass::Index: return "index";
    case AssetClass::Forex: return "forex";
    case AssetClass::Metal: return "metal";
    case AssetClass::Commodity: return "commodity";
    case AssetClass::Crypto: return "crypto";
  }
  return "stock";
}

std::uint32_t usual_price_type(AssetClass asset_class) noexcept {
  switch (asset_class) {
    case AssetClass::Forex:
    case AssetClass::Metal:
    case AssetClass::Commodity: return TDK_PRICE_MID;
    default: return TDK_PRICE_TRADE;
  }
}

std::vector<Instrument> read_symbol(std::string_view notation) {
  if (auto said = read_with_class(notation)) return *said;
  if (notation.size() > 2 && notation[1] == ':' && (notation[0] == 'C' || notation[0] == 'X' || notation[0] == 'I'))
    return symbol_problem(notation.substr(2)) ? Instruments{} : read_prefixed(notation[0], notation.substr(2));
  if (symbol_problem(notation)) return {};
  if (const auto i = index(notation)) return {*i};
  if (const std::size_t slash = notation.find('/'); slash != std::string_view::npos)
    return {pair(notation.substr(0, slash), notation.substr(slash + 1))};
  const std::size_t joint = notation.find_first_of("_-");
  if (joint != std::string_view::npos && joint > 0 && joint + 1 < notation.size()) return read_joined(notation, joint);
  if (notation.find('.') != std::string_view::npos) return {{std::string(notation), AssetClass::Stock}};
  return read_word(notation);
}

std::string notation_of(const Instrument &instrument) {
  if (read_symbol(instrument.symbol) == Instruments{instrument}) return instrument.symbol;
  return std::string(asset_class_name(instrument.asset_class)) + ":" + instrument.symbol;
}

bool may_mean(std::string_view asked, std::string_view symbol) {
  if (same_symbol(asked, symbol)) return true;
  if (asked.size() > 100) return false;  // longer than any
  const Instruments candidates = read_symbol(asked);
  return std::any_of(candidates.begin(), candidates.end(), [&](const Instrument &i) { return i.symbol == symbol; });
}

std::optional<std::string> instrument_problem(std::string_view notation) {
  const Instruments candidates = read_symbol(notation);
  if (candidates.size() == 1) return std::nullopt;
  if (candidates.size() > 1) return "it may mean several things; write " + list_of(candidates);
  if (notation.starts_with("I:")) return "this index is not known here; with its name after 'index:' it is taken all the same";
  return symbol_problem(notation).value_or("it is no symbol; write e.g. EUR/USD, BTC/USDT, AAPL");
}

Instrument instrument_of(std::string_view notation) {
  if (const auto why = instrument_problem(notation))
    throw Error(TDK_INVALID_ARGUMENT, "invalid symbol '" + shown(notation) + "': " + *why);
  return read_symbol(notation).front();
}

}  // namespace tapedeck
