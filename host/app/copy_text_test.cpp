#include "app/copy_text.hpp"

#include <gmock/gmock.h>

using namespace tapedeck;
using testing::HasSubstr;
using testing::Not;

namespace {

CopyReport two_parts() {
  CopyPart candles;
  candles.name = "BTC/USDT 1m";
  candles.rows = 1'051'200;
  candles.revisions = 1;
  candles.ledger = 34;
  candles.first = 0;
  candles.last = kDay;
  candles.written = 12;
  CopyPart ticks;
  ticks.kind = CopyPart::Kind::Ticks;
  ticks.name = "BTC/USDT";
  ticks.rows = 5'000;
  CopyPart none;
  none.kind = CopyPart::Kind::Instruments;
  none.name = "instruments";
  return {{candles, ticks, none}};
}

TEST(CopyText, SumsUpWhatWasCopied) {
  EXPECT_EQ(copy_summary(two_parts(), false, 12'300 * kSecond / 1000),
            "copied 1 series, 1,051,200 candles, 1 revision, 34 ledger entries, 5,000 ticks in 12.3 s, 12 rows new; equal");
}

TEST(CopyText, ALineForEachSeriesAndWhatThereIsNoneOfIsLeftOut) {
  const std::string table = copy_table(two_parts());
  EXPECT_THAT(table, HasSubstr("BTC/USDT 1m     1,051,200          1  1970-01-01T00:00:00Z  1970-01-02T00:00:00Z"));
  EXPECT_THAT(table, HasSubstr("BTC/USDT ticks      5,000"));
  EXPECT_THAT(table, Not(HasSubstr("instruments")));
}

TEST(CopyText, NamesWhatIsNotTheSame) {
  CopyReport report = two_parts();
  EXPECT_EQ(copy_differences(report), "");
  report.parts[0].different.add(kMinute);
  report.parts[1].missing.add(kHour);
  report.parts[1].missing.add(kMinute);
  EXPECT_EQ(copy_differences(report),
            "BTC/USDT 1m: 1 conflict: another value stands there; it was not overwritten, the first at 1970-01-01T00:01:00Z\n"
            "BTC/USDT ticks: 2 rows are not there, the first at 1970-01-01T00:01:00Z\n");
  EXPECT_THAT(copy_summary(report, true, kSecond), testing::EndsWith("ticks in 1.0 s; CONFLICTS"));
  EXPECT_THAT(copy_table(report), HasSubstr("NOT EQUAL"));
}

}  // namespace
