// Rows of any exponents reach the host exactly, in few batches.
#include "kit/candle_rows.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace kit {
namespace {

struct Seen {
  std::uint64_t rows;
  int price_exp, volume_exp;
  std::int64_t first_close, first_volume;
};

std::vector<Seen> batches_of(const std::vector<ExactCandle> &rows) {
  std::vector<Seen> out;
  const tdk_candle_sink sink{
      sizeof sink, 0, &out, [](void *ctx, const tdk_candle_batch *b) -> tdk_status {
        static_cast<std::vector<Seen> *>(ctx)->push_back(
            {b->count, b->price_exp, b->volume_exp, b->close[0], b->volume[0]});
        return TDK_OK;
      }};
  tapedeck::CandleWriter writer(&sink, -8, -8);
  push_rows(rows, -5, -2, "here", writer);
  return out;
}

ExactCandle row(std::int64_t time, Decimal price, std::optional<Decimal> volume = {}) {
  ExactCandle out;
  out.open_time = time;
  out.open = out.high = out.low = out.close = price;
  out.volume = volume;
  return out;
}

TEST(PushRows, ShareTheirExponents) {
  const auto seen = batches_of({row(1, {15, -1}, Decimal{7, 0}), row(2, {12345678, -7})});
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].rows, 2U);
  EXPECT_EQ(seen[0].price_exp, -7);
  EXPECT_EQ(seen[0].first_close, 15'000'000);
  EXPECT_EQ(seen[0].first_volume, 700);
}

TEST(PushRows, AnUnknownVolumeStaysUnknown) {
  EXPECT_EQ(batches_of({row(1, {1, 0})})[0].first_volume, TDK_NULL_I64);
  EXPECT_TRUE(batches_of({}).empty());
}

TEST(PushRows, PartWhereNoExponentHoldsBoth) {
  const auto seen = batches_of({row(1, {1, -18}), row(2, {5, 9}), row(3, {6, 9})});
  std::uint64_t rows = 0;
  for (const Seen &batch : seen) rows += batch.rows;
  EXPECT_EQ(rows, 3U);
  ASSERT_GE(seen.size(), 2U);
  EXPECT_EQ(seen[0].price_exp, -18);
  EXPECT_EQ(seen[1].price_exp, -5);
}

TEST(PushRows, OneRowThatDoesNotFitIsRefusedBeforeAnyIsHandedOver) {
  ExactCandle wide = row(2'000'000'000, {1, -18});
  wide.high = {INT64_MAX, 0};
  try {
    batches_of({row(1, {1, 0}), wide});
    FAIL() << "it was taken";
  } catch (const tapedeck::Error &e) {
    EXPECT_EQ(e.code(), TDK_BAD_DATA);
    EXPECT_THAT(e.what(), testing::HasSubstr("here: the amounts of the candle at 2 "));
  }
}

}  // namespace
}  // namespace kit
