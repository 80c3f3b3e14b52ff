// What is traded: one canonical symbol and an asset class for the notations of all vendors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tapedeck {

enum class AssetClass { Stock, Index, Forex, Metal, Commodity, Crypto };
std::string_view asset_class_name(AssetClass asset_class) noexcept;  // "stock", "forex", ...

// TDK_PRICE_TRADE where trades are public; TDK_PRICE_MID where only dealers' quotes are: forex, metals, commodities.
std::uint32_t usual_price_type(AssetClass asset_class) noexcept;

struct Instrument {
  std::string symbol;  // canonical: "EUR/USD", "BRK.B", "SPX"
  AssetClass asset_class = AssetClass::Stock;
  bool operator==(const Instrument &) const = default;
};

// Everything that `notation` may stand for, in any vendor's way of writing: "EURUSD", "EUR_USD", "EUR-USD" and
// "C:EURUSD" are EUR/USD; "I:SPX" and "SPX500_USD" are SPX. More than one: it is ambiguous, and
// "stock:GOLD", "metal:XAU/USD", with the name of an asset class, says which is meant. None: it is no symbol.
std::vector<Instrument> read_symbol(std::string_view notation);

// Whether `asked`, in anybody's notation, may mean what is called `symbol` here.
bool may_mean(std::string_view asked, std::string_view symbol);

// Those of `symbols` that it may mean, each once; the one that is written just so is meant alone.
std::vector<std::string> meanings(std::string_view asked, const std::vector<std::string> &symbols);

// How it is written so that nothing else may be meant: the symbol, after its class where that is needed.
std::string notation_of(const Instrument &instrument);

// Why it stands for no instrument, or not for one only, with the candidates. Does not repeat it.
std::optional<std::string> instrument_problem(std::string_view notation);
// The only one. Throws TDK_INVALID_ARGUMENT with the problem.
Instrument instrument_of(std::string_view notation);

}  // namespace tapedeck
