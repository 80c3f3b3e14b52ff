// The notations of all vendors, and what they stand for.
#include "market/instrument.hpp"

#include <gtest/gtest.h>

#include <tapedeck/layer/core.hpp>

#include <map>

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
      {"crypto:BTC/USD", {"BTC-USD", "X:BTCUSD", "X:BTC-USD", "BTCUSD", "BTC/USD"}},
      {"crypto:BTC/EUR", {"BTCEUR", "BTC-EUR", "BTC_EUR"}},
      {"crypto:ETH/BTC", {"ETHBTC", "ETH/BTC"}},
      {"crypto:EUR/USDT", {"EURUSDT"}},
      {"crypto:1INCH/USDT", {"1INCHUSDT"}},
      {"crypto:NEWCOIN/USDT", {"NEWCOINUSDT", "NEWCOIN/USDT"}},
      {"crypto:NEWCOIN/USD", {"NEWCOINUSD", "X:NEWCOINUSD"}},
      {"index:SPX", {"SPX", "I:SPX", "SPX500_USD", "index:SPX"}},
      {"index:US30", {"US30", "US30_USD", "I:DJI", "DJI"}},
      {"index:NAS100", {"NAS100", "NAS100_USD", "I:NDX", "NDX"}},
      {"index:DE40", {"DE30_EUR", "DE40_EUR", "DE40"}},
      {"stock:AAPL", {"AAPL", "stock:AAPL"}},
      {"stock:BRK.B", {"BRK.B", "BRK-B"}},
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
  for (const char *bad : {"", "eur/usd", "EUR//USD", "A B", "I:WHATEVER", "C:BTCUSD", "X:EURUSD", "C:", "forex:AAPL", "O:AAPL240119C"})
    EXPECT_TRUE(read_symbol(bad).empty()) << bad << ": " << read(bad);
  const std::string nasty("AB\x01\xff", 4);
  try {
    instrument_of(nasty);
    FAIL();
  } catch (const Error &e) {
    EXPECT_EQ(std::string(e.what()).find('\x01'), std::string::npos);
  }
}

TEST(Symbology, DealersMarketsHaveAMidPriceAndOthersTrades) {
  EXPECT_EQ(usual_price_type(AssetClass::Forex), TDK_PRICE_MID);
  EXPECT_EQ(usual_price_type(AssetClass::Metal), TDK_PRICE_MID);
  EXPECT_EQ(usual_price_type(AssetClass::Crypto), TDK_PRICE_TRADE);
  EXPECT_EQ(usual_price_type(AssetClass::Index), TDK_PRICE_TRADE);
}

}  // namespace
}  // namespace tapedeck
