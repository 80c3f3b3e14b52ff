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

constexpr std::size_t kLongest = 100;  // of a notation, with its class

constexpr std::array kClasses = {AssetClass::Stock, AssetClass::Index,     AssetClass::Forex,
                                 AssetClass::Metal, AssetClass::Commodity, AssetClass::Crypto};

// Of a pair. What is quoted in something else and is no known code is a coin: there is a new one every day.
AssetClass class_of_pair(std::string_view base, std::string_view quote) {
  if (is_metal(base)) return AssetClass::Metal;
  if (is_commodity(base)) return AssetClass::Commodity;
  if (is_currency(base) && is_metal(quote)) return AssetClass::Metal;
  if (is_currency(base) && is_currency(quote)) return AssetClass::Forex;
  return AssetClass::Crypto;
}

// "US500/USD" is a contract on an index; without a digit it may be a coin, as SPX/USD is.
bool is_contract_on_index(std::string_view base, std::string_view quote) {
  return !index_of(base).empty() && base.find_first_of("0123456789") != std::string_view::npos && is_currency(quote);
}

Instrument pair(std::string_view base, std::string_view quote) {
  if (is_contract_on_index(base, quote)) return {std::string(index_of(base)), AssetClass::Index};
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
  Instruments out = rest.find_first_of("/_-") == std::string_view::npos ? cut(rest) : read_symbol(rest);
  std::erase_if(out, [&](const Instrument &i) { return (i.asset_class == AssetClass::Crypto) != (prefix == 'X'); });
  return out;
}

// Letters and digits, with what joins them in between.
bool is_name(std::string_view text) {
  constexpr std::string_view kMarks = "._-";
  return !symbol_problem(text) && kMarks.find(text.front()) == std::string_view::npos && kMarks.find(text.back()) == std::string_view::npos;
}

// The class that "stock:GOLD" begins with.
std::optional<AssetClass> said_class(std::string_view notation) {
  const std::size_t colon = notation.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  for (const AssetClass c : kClasses)
    if (asset_class_name(c) == notation.substr(0, colon)) return c;
  return std::nullopt;
}

std::string_view after_class(std::string_view notation) { return notation.substr(notation.find(':') + 1); }

Instruments read_as(AssetClass c, std::string_view word) {
  Instruments out = read_symbol(word);
  std::erase_if(out, [c](const Instrument &i) { return i.asset_class != c; });
  if (out.empty() && (c == AssetClass::Stock || c == AssetClass::Index) && is_name(word) && word.find('/') == std::string_view::npos)
    out.push_back({std::string(word), c});
  return out;
}

// "EUR/USD", "EUR_USD", "BTC-USD", "BRK/B", "BRK-B".
Instruments read_joined(std::string_view notation, std::size_t at) {
  const std::string_view left = notation.substr(0, at), right = notation.substr(at + 1);
  if (left == right) return {};
  if (right.size() == 1) return {{std::string(left) + "." + std::string(right), AssetClass::Stock}};  // a share class
  if (notation[at] == '/' || is_quote(right) || (is_base(left) && is_base(right))) return {pair(left, right)};
  return {{std::string(notation), AssetClass::Stock}};
}

std::string list_of(const Instruments &candidates) {
  std::string out;
  for (const Instrument &i : candidates)
    out += (out.empty() ? "'" : " or '") + std::string(asset_class_name(i.asset_class)) + ":" + i.symbol + "'";
  return out;
}

// A symbol that is kept under a name no notation of today leads to is found by that name.
bool is_one_of(const Instruments &candidates, std::string_view asked, std::string_view symbol) {
  return same_symbol(asked, symbol) ||
         std::any_of(candidates.begin(), candidates.end(), [&](const Instrument &i) { return i.symbol == symbol; });
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
  if (notation.size() > kLongest) return {};
  if (const auto c = said_class(notation)) return read_as(*c, after_class(notation));
  if (notation.size() > 2 && notation[1] == ':' && (notation[0] == 'C' || notation[0] == 'X' || notation[0] == 'I'))
    return is_name(notation.substr(2)) ? read_prefixed(notation[0], notation.substr(2)) : Instruments{};
  if (!is_name(notation)) return {};
  if (const auto i = index(notation)) return {*i};
  const std::size_t slash = notation.find('/'), joint = slash != std::string_view::npos ? slash : notation.find_first_of("_-");
  if (joint != std::string_view::npos) return read_joined(notation, joint);
  if (notation.find('.') != std::string_view::npos) return {{std::string(notation), AssetClass::Stock}};
  return read_word(notation);
}

std::string notation_of(const Instrument &instrument) {
  if (read_symbol(instrument.symbol) == Instruments{instrument}) return instrument.symbol;
  return std::string(asset_class_name(instrument.asset_class)) + ":" + instrument.symbol;
}

std::vector<std::string> meanings(std::string_view asked, const std::vector<std::string> &symbols) {
  const Instruments candidates = read_symbol(asked);
  std::vector<std::string> out;
  for (const auto &s : symbols) {
    if (s == asked) return {s};
    if (is_one_of(candidates, asked, s) && std::find(out.begin(), out.end(), s) == out.end()) out.push_back(s);
  }
  return out;
}

bool may_mean(std::string_view asked, std::string_view symbol) { return is_one_of(read_symbol(asked), asked, symbol); }

std::optional<std::string> instrument_problem(std::string_view notation) {
  const Instruments candidates = read_symbol(notation);
  if (candidates.size() == 1) return std::nullopt;
  if (candidates.size() > 1) return "it may mean several things; write " + list_of(candidates);
  if (const auto c = said_class(notation); c && notation.size() <= kLongest) {
    const Instruments others = read_symbol(after_class(notation));
    return "what follows '" + std::string(asset_class_name(*c)) + ":' is " + (others.empty() ? "no symbol" : list_of(others));
  }
  if (notation.starts_with("I:")) return "this index is not known here; with its name after 'index:' it is taken all the same";
  return symbol_problem(notation).value_or("it is no symbol; write e.g. EUR/USD, BTC/USDT, AAPL");
}

Instrument instrument_of(std::string_view notation) {
  if (const auto why = instrument_problem(notation))
    throw Error(TDK_INVALID_ARGUMENT, "invalid symbol '" + shown(notation) + "': " + *why);
  return read_symbol(notation).front();
}

}  // namespace tapedeck
