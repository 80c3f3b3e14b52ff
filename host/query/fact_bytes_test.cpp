#include "query/fact_bytes.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;
namespace {

const FactHead kHead{"oanda", 1'704'067'200'000'000'000};

QuoteRow quote() {
  QuoteRow q;
  q.symbol = "EUR/USD";
  q.tick = {.time = 7, .sequence = TDK_NULL_I64, .bid = INT64_MAX, .ask = -1, .price_exp = -18, .flags = TDK_QUOTE_HOST_TIME};
  return q;
}

std::vector<EconomicEvent> events() {
  EconomicEvent full, bare;
  full.time = -1;
  full.importance = 3;
  full.id = "1";
  full.title = std::string("with a \0 in it", 14);
  full.country = "Österreich";
  full.actual = ExactDecimal{-31, -1};
  full.previous = ExactDecimal{0, 18};
  bare.title = "CPI";
  return {full, bare};
}

std::vector<SymbolInfo> symbols() {
  SymbolInfo s;
  s.symbol = "AAPL";
  s.name = "Apple";
  s.price_exp = -2;
  s.earliest = 0;
  return {s, SymbolInfo{}};
}

template <class T>
void expect_round_trip(const T &fact) {
  const std::string bytes = bytes_of(kHead, fact);
  FactHead head;
  T back{};
  ASSERT_TRUE(read_bytes(bytes, head, back));
  EXPECT_EQ(head, kHead);
  EXPECT_EQ(back, fact);
}

template <class T>
void expect_refused_when_cut(const T &fact) {
  const std::string bytes = bytes_of(kHead, fact);
  FactHead head;
  T back{};
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(read_bytes(std::string_view(bytes).substr(0, size), head, back)) << size;
  EXPECT_FALSE(read_bytes(bytes + "x", head, back)) << "more than there should be";
}

}  // namespace

TEST(FactBytes, ComeBackAsTheyWere) {
  expect_round_trip(quote());
  expect_round_trip(symbols());
  expect_round_trip(events());
  expect_round_trip(std::vector<EconomicEvent>{});
  expect_round_trip(Nanos{-5});
}

TEST(FactBytes, AreRefusedWhenCutOff) {
  expect_refused_when_cut(quote());
  expect_refused_when_cut(symbols());
  expect_refused_when_cut(events());
  expect_refused_when_cut(Nanos{5});
}

TEST(FactBytes, AreRefusedOfAnotherKindOrVersion) {
  FactHead head;
  QuoteRow row;
  EXPECT_FALSE(read_bytes(bytes_of(kHead, symbols()), head, row));
  std::string newer = bytes_of(kHead, quote());
  newer[1] = 2;
  EXPECT_FALSE(read_bytes(newer, head, row));
}

TEST(FactBytes, SurviveAnyByteChanged) {
  const std::string bytes = bytes_of(kHead, events());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string broken = bytes;
      broken[i] = static_cast<char>(broken[i] ^ flip);
      FactHead head;
      std::vector<EconomicEvent> back;
      if (read_bytes(broken, head, back)) {
        EXPECT_EQ(bytes_of(head, back), broken) << i;
      }
    }
}
