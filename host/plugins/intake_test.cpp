#include "plugins/intake.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

using namespace tapedeck;

namespace {

using Cells = std::vector<std::int64_t>;

// Five sound candles at 0, 10, 20, 30, 40; tests spoil one thing.
struct Rows {
  Cells time{0, 10, 20, 30, 40}, open{5, 5, 5, 5, 5}, high{9, 9, 9, 9, 9}, low{1, 1, 1, 1, 1},
      close{6, 6, 6, 6, 6}, volume{0, 1, TDK_NULL_I64, 3, 4};
  tdk_candle_batch batch{};

  Rows() {
    batch.struct_size = sizeof batch;
    batch.count = time.size();
  }
  const tdk_candle_batch *view() {
    if (batch.open_time == nullptr) {
      batch.open_time = time.data();
      batch.open = open.data();
      batch.high = high.data();
      batch.low = low.data();
      batch.close = close.data();
      batch.volume = volume.data();
    }
    return &batch;
  }
};

std::string text(const char *why) { return why == nullptr ? "fine" : why; }

struct Refusal {
  std::function<void(Rows &)> spoil;
  const char *why;
};

TEST(BatchIntake, SaysWhatIsWrongAndWhere) {
  const Refusal refusals[] = {
      {[](Rows &r) { r.batch.struct_size = 16; }, "the batch has struct_size 16"},
      {[](Rows &r) { r.batch.struct_size = 1u << 20; }, "the batch has struct_size 1048576"},
      {[](Rows &r) { r.batch.count = 1u << 25; },
       "the batch has 33554432 rows, more than a batch may have"},
      {[](Rows &r) { r.batch.price_exp = 19; }, "an exponent is outside -18..18"},
      {[](Rows &r) { r.batch.volume_exp = -19; }, "an exponent is outside -18..18"},
      {[](Rows &r) { r.view(), r.batch.low = nullptr; }, "a required column is missing"},
      {[](Rows &r) { r.time[3] = 20; }, "row 3: open_time is not after the row before"},
      {[](Rows &r) { r.time[0] = -1; }, "open_time is outside the range asked for"},
      {[](Rows &r) { r.time[4] = 50; }, "open_time is outside the range asked for"},
      {[](Rows &r) { r.low[2] = 10; }, "row 2: low is above high"},
      {[](Rows &r) { r.open[1] = 10; }, "row 1: open is outside low..high"},
      {[](Rows &r) { r.close[4] = 0; }, "row 4: close is outside low..high"},
      {[](Rows &r) { r.low[4] = TDK_NULL_I64; }, "row 4: a required cell has no value"},
      {[](Rows &r) { r.volume[3] = -1; }, "row 3: volume is negative"},
  };
  for (const auto &refusal : refusals) {
    Rows rows;
    refusal.spoil(rows);
    EXPECT_EQ(text(BatchIntake({0, 50}).check(rows.view())), refusal.why);
  }
}

TEST(BatchIntake, TakesSoundRowsAndEmptyBatches) {
  Rows rows, none;
  none.batch.count = 0;
  BatchIntake intake({0, 50}, 5);
  EXPECT_EQ(text(intake.check(none.view())), "fine");
  EXPECT_EQ(text(intake.check(rows.view())), "fine");
  EXPECT_EQ(intake.rows(), 5u);
}

TEST(BatchIntake, HoldsOrderAcrossBatches) {
  Rows rows;
  BatchIntake intake({0, 50});
  intake.check(rows.view());
  EXPECT_EQ(text(intake.check(rows.view())), "row 0: open_time is not after the batch before");
}

TEST(BatchIntake, HoldsTheLimitAcrossBatches) {
  Rows first, second;
  second.time = {41, 42, 43, 44, 45};
  BatchIntake intake({0, 50}, 9);
  intake.check(first.view());
  EXPECT_EQ(text(intake.check(second.view())), "more rows than the 9 asked for");
}

TEST(BatchIntake, KeepsRefusing) {
  Rows bad, good;
  bad.low[0] = 10;
  BatchIntake intake({0, 50});
  intake.check(bad.view());
  EXPECT_EQ(text(intake.check(good.view())), "row 0: low is above high");
  EXPECT_EQ(text(intake.check(nullptr)), "row 0: low is above high");
}

TEST(BatchIntake, ReadsNothingBehindAnOlderStruct) {
  Rows rows;
  rows.view();
  rows.batch.struct_size = offsetof(tdk_candle_batch, volume);
  rows.batch.volume = reinterpret_cast<const std::int64_t *>(8);
  EXPECT_EQ(text(BatchIntake({0, 50}).check(&rows.batch)), "fine");
}

TEST(BatchIntake, LeavesThePricesOfAStorageAlone) {
  Rows rows;
  rows.low[2] = 10;
  EXPECT_EQ(text(BatchIntake({0, 50}, 0, BatchIntake::Prices::AsStored).check(rows.view())),
            "fine");
}

}  // namespace
