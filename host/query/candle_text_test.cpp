#include "query/candle_text.hpp"

#include <gtest/gtest.h>

#include "market/time.hpp"
#include "query/candle_json.hpp"

using namespace tapedeck;
namespace {

struct Two {
  std::int64_t time[2] = {1'704'067'200 * kSecond, 1'704'067'260 * kSecond + 5'000'000};
  std::int64_t price[2] = {109500, -5};
  std::int64_t volume[2] = {125, TDK_NULL_I64};
  std::uint32_t state[2] = {0, 0};
  tdk_candle_batch batch() const {
    tdk_candle_batch b{};
    b.struct_size = sizeof b;
    b.count = 2;
    b.price_exp = -5;
    b.volume_exp = -1;
    b.open_time = time;
    b.open = b.high = b.low = b.close = price;
    b.volume = volume;
    b.state = state;
    b.source = {"binance", 7};
    return b;
  }
};

}  // namespace

TEST(CandleText, WritesCsv) {
  EXPECT_EQ(CandleText(CandleFormat::Csv).render(Two().batch()),
            "2024-01-01T00:00:00Z,1.09500,1.09500,1.09500,1.09500,12.5,binance\n"
            "2024-01-01T00:01:00.005Z,-0.00005,-0.00005,-0.00005,-0.00005,,binance\n");
}

TEST(CandleText, WritesNdjson) {
  const std::string row = "\"open\":\"1.09500\",\"high\":\"1.09500\",\"low\":\"1.09500\",\"close\":\"1.09500\"";
  const std::string text(CandleText(CandleFormat::Ndjson).render(Two().batch()));
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "{\"time\":\"2024-01-01T00:00:00Z\"," + row + ",\"volume\":\"12.5\",\"source\":\"binance\"}");
  EXPECT_NE(text.find("\"volume\":null"), std::string::npos);
}

TEST(CandleText, SeparatesJsonAcrossBatches) {
  CandleText text(CandleFormat::Json);
  EXPECT_EQ(text.render(Two().batch()).front(), '{');
  EXPECT_EQ(text.render(Two().batch()).front(), ',');
  EXPECT_EQ(text.rows(), 4u);
}

TEST(CandleText, LeavesFormingCandlesOut) {
  Two two;
  two.state[1] = TDK_CANDLE_FORMING;
  CandleText text(CandleFormat::Csv);
  text.render(two.batch());
  EXPECT_EQ(text.rows(), 1u);
}

TEST(TimeWriter, WritesAsAppendTimeDoes) {
  TimeWriter writer;
  const Nanos start = 1'704'067'200 * kSecond;
  for (const Nanos time : {start, start + kSecond / 2, start + 1'500, start + 1, start + kDay - 1, start, Nanos{0}, Nanos{-1},
                           start + kHour + 59 * kMinute + 7 * kSecond}) {
    char text[TimeWriter::kMax];
    EXPECT_EQ(std::string(text, writer.write(text, time)), format_time(time));
  }
}
