// The notations of all vendors, and what they stand for.
#include "market/instrument.hpp"

#include <gtest/gtest.h>

#include <tapedeck/layer/core.hpp>

#include <map>
#include <random>

#include "market/series.hpp"

namespace tapedeck {
namespace {

std::string read(std::string_view notation) {
  std::string out;
  for (const auto &i : read_symbol(notation)) out += (out.empty() ? "" : " ") + std::string(asset_class_name(i.asset_class)) + ":" + i.symbol;
  return out;
}

TEST(Symbology, EveryVendorsNotationOfAnInstrumentIsTheSame) {
  const std::map<std::string, std::vector<std::string>> table = {
      {"forex:EUR/USD", {"EUR/USD", "EURUSD", "EUR_USD", "EUR-USD", "C:EURUSD", "C:EUR-USD"}},
      {"forex:USD/TRY", {"USDTRY", "USD_TRY", "C:USDTRY"}},
      {"forex:USD/CNH", {"USDCNH", "USD/CNH"}},
      {"metal:XAU/USD", {"XAU/USD", "XAUUSD", "XAU_USD", "C:XAUUSD"}},
      {"metal:XAG/EUR", {"XAGEUR", "XAG_EUR"}},
      {"commodity:BCO/USD", {"BCO_USD", "BCO/USD"}},
      {"crypto:BTC/USDT", {"BTC/USDT", "BTCUSDT", "BTC-USDT", "BTC_USDT"}},
      {"crypto:BTC/USD", {"BTC-USD", "BTC_USD", "X:BTCUSD", "X:BTC-USD", "BTCUSD", "BTC/USD"}},
      {"crypto:BTC/EUR", {"BTCEUR", "BTC-EUR", "BTC_EUR"}},
      {"crypto:ETH/BTC", {"ETHBTC", "ETH/BTC"}},
      {"crypto:EUR/USDT", {"EURUSDT"}},
      {"crypto:1INCH/USDT", {"1INCHUSDT"}},
      {"crypto:NEWCOIN/USDT", {"NEWCOINUSDT", "NEWCOIN/USDT"}},
      {"crypto:NEWCOIN/USD", {"NEWCOINUSD", "X:NEWCOINUSD"}},
      {"crypto:ETH/SOL", {"ETH_SOL", "ETH-SOL", "ETH/SOL"}},
      {"crypto:SPX/USD", {"SPX/USD"}},  // a coin
      {"metal:USD/XAU", {"USD/XAU"}},
      {"index:SPX", {"SPX", "I:SPX", "SPX500_USD", "SPX500/USD", "SPX500-USD", "SPX500USD", "US500", "US500_USD", "US500/USD", "index:SPX"}},
      {"index:US30", {"US30", "US30_USD", "US30/USD", "US30USD", "I:DJI", "DJI"}},
      {"index:NAS100", {"NAS100", "NAS100_USD", "NAS100/USD", "I:NDX", "NDX"}},
      {"index:DE40", {"DE30_EUR", "DE40_EUR", "DE30/EUR", "DE40"}},
      {"stock:AAPL", {"AAPL", "stock:AAPL"}},
      {"stock:BRK.B", {"BRK.B", "BRK-B", "BRK/B"}},
  };
  for (const auto &[what, notations] : table)
    for (const auto &n : notations) {
      EXPECT_EQ(read(n), what) << n;
      EXPECT_EQ(read(instrument_of(n).symbol), what) << n;
    }
}

TEST(Symbology, WhatIsAmbiguousIsRefusedWithTheCandidates) {
  EXPECT_EQ(read("GOLD"), "metal:XAU/USD stock:GOLD");
  EXPECT_EQ(read("DAX"), "index:DE40 stock:DAX");
  EXPECT_EQ(read("BTC"), "crypto:BTC/USD crypto:BTC/USDT stock:BTC");
  EXPECT_EQ(read("XAU"), "metal:XAU/USD stock:XAU");
  EXPECT_EQ(read("BTCBUSD"), "crypto:BTC/BUSD crypto:BTCB/USD");
  try {
    instrument_of("GOLD");
    FAIL();
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_INVALID_ARGUMENT);
    EXPECT_EQ(std::string(e.what()), "invalid symbol 'GOLD': it may mean several things; write 'metal:XAU/USD' or 'stock:GOLD'");
  }
  EXPECT_EQ(read("stock:GOLD"), "stock:GOLD");
  EXPECT_EQ(read("metal:GOLD"), "metal:XAU/USD");
  EXPECT_EQ(read("stock:USD"), "stock:USD");
  EXPECT_EQ(read("index:COMP"), "index:COMP");
}

TEST(Symbology, WhatIsNoSymbolIsSaidToBeNone) {
  for (const char *bad : {"", "eur/usd", "EUR//USD", "A B", "I:WHATEVER", "C:BTCUSD", "X:EURUSD", "C:", "forex:AAPL", "O:AAPL240119C", "EUR/EUR", "EUR_EUR",
                          "BTC-BTC", ".", "-", "_", "...", "AAPL.", "-USD", "stock:", "stock:.", "index:-A", ":", "stock:EUR/USD", "^GSPC", "EURUSD=X"})
    EXPECT_TRUE(read_symbol(bad).empty()) << bad << ": " << read(bad);
  const std::string nasty("AB\x01\xff", 4);
  try {
    instrument_of(nasty);
    FAIL();
  } catch (const Error &e) {
    EXPECT_EQ(std::string(e.what()).find('\x01'), std::string::npos);
  }
}

std::string problem(const std::string &notation) { return instrument_problem(notation).value_or("none"); }

TEST(Symbology, AClassThatDoesNotFitSaysWhatItIs) {
  EXPECT_EQ(problem("metal:EUR/USD"), "what follows 'metal:' is 'forex:EUR/USD'");
  EXPECT_EQ(problem("forex:"), "what follows 'forex:' is no symbol");
}

TEST(Symbology, AnyLengthOfAnythingIsRefusedAtOnce) {
  for (const std::string_view part : {"A", "stock:", "EUR/", "_", "ÿ", "USD"}) {
    std::string many;
    while (many.size() < 1'000'000) many += part;
    EXPECT_TRUE(read_symbol(many).empty()) << part;
    EXPECT_LT(problem(many).size(), 200u) << part;
    EXPECT_FALSE(may_mean(many, "EUR/USD")) << part;
  }
}

// Anything that is understood has one way of writing that means it and nothing else: what dumps and messages show.
TEST(Symbology, WhatWasUnderstoodIsWrittenSoThatItIsUnderstoodAgain) {
  const std::vector<std::string> parts = {"EUR", "USD", "USDT", "BTC", "XAU", "GOLD", "SPX", "US30", "A", "B", "Z9", "/", "_", "-", ".",
                                          ":", "C:", "X:", "I:", "stock:", "index:", "metal:", "crypto:", "\xc3\xa9"};
  std::mt19937 random(7);
  std::size_t understood = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (auto n = 1 + random() % 5; n > 0; --n) text += parts[random() % parts.size()];
    for (const Instrument &meant : read_symbol(text)) {
      ++understood;
      ASSERT_EQ(symbol_problem(meant.symbol), std::nullopt) << text;
      ASSERT_EQ(read_symbol(notation_of(meant)), std::vector<Instrument>{meant}) << text << " is " << meant.symbol;
    }
  }
  EXPECT_GT(understood, 5'000u);
}

TEST(Symbology, AmongWhatIsKeptTheNameItselfComesFirst) {
  const std::vector<std::string> kept = {"XAU/USD", "BTC/USD", "GOLD", "BTC/USDT", "BTC/USD"};
  EXPECT_EQ(meanings("GOLD", kept), std::vector<std::string>{"GOLD"});
  EXPECT_EQ(meanings("metal:GOLD", kept), std::vector<std::string>{"XAU/USD"});
  EXPECT_EQ(meanings("BTC", kept), (std::vector<std::string>{"BTC/USD", "BTC/USDT"}));
  EXPECT_EQ(meanings("BTCUSD", kept), std::vector<std::string>{"BTC/USD"});
  EXPECT_TRUE(meanings("EURUSD", kept).empty());
}

TEST(Symbology, DealersMarketsHaveAMidPriceAndOthersTrades) {
  EXPECT_EQ(usual_price_type(AssetClass::Forex), TDK_PRICE_MID);
  EXPECT_EQ(usual_price_type(AssetClass::Metal), TDK_PRICE_MID);
  EXPECT_EQ(usual_price_type(AssetClass::Crypto), TDK_PRICE_TRADE);
  EXPECT_EQ(usual_price_type(AssetClass::Index), TDK_PRICE_TRADE);
}

}  // namespace
}  // namespace tapedeck
