#include "query/row_check.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;
namespace {

constexpr Nanos at(std::int64_t minute) { return 1'704'067'200 * kSecond + minute * kMinute; }

LedgerEntry entry(CoverageState state, std::int64_t from, std::int64_t to, const char *source = "a") {
  LedgerEntry e;
  e.state = state;
  e.range = {at(from), at(to)};
  e.source = source;
  return e;
}

struct Rows {
  std::vector<std::int64_t> time, open, high, low, close;
  void add(Nanos t, std::int64_t o = 2, std::int64_t h = 3, std::int64_t l = 1, std::int64_t c = 2) {
    time.push_back(t), open.push_back(o), high.push_back(h), low.push_back(l), close.push_back(c);
  }
  void add_minutes(std::int64_t from, std::int64_t to) {
    for (; from < to; ++from) add(at(from));
  }
  tdk_candle_batch batch() const {
    tdk_candle_batch b{};
    b.struct_size = sizeof b;
    b.count = time.size();
    b.open_time = time.data();
    b.open = open.data(), b.high = high.data(), b.low = low.data(), b.close = close.data();
    return b;
  }
};

RowFaults check(const Rows &rows, const std::vector<LedgerEntry> &ledger) {
  RowCheck check{Interval()};
  check.add(rows.batch());
  return check.faults(ledger, {at(0), at(100)});
}

using Ranges = std::vector<TimeRange>;

}  // namespace

TEST(RowCheck, RowsWhereTheLedgerSaysPresentAreNoFault) {
  Rows rows;
  rows.add_minutes(0, 40);
  rows.add_minutes(60, 100);
  const auto f = check(rows, {entry(CoverageState::Present, 0, 40), entry(CoverageState::NoTrades, 40, 60),
                              entry(CoverageState::Present, 60, 100)});
  EXPECT_TRUE(f.none());
  EXPECT_EQ(f.rows, 80u);
}

TEST(RowCheck, NamesThePresentSlotsWithoutARow) {
  Rows rows;
  rows.add_minutes(0, 10);
  rows.add_minutes(13, 100);
  EXPECT_EQ(check(rows, {entry(CoverageState::Present, 0, 100)}).lost, (Ranges{{at(10), at(13)}}));
}

TEST(RowCheck, NamesTheRowsThatTheLedgerDoesNotKnow) {
  Rows rows;
  rows.add_minutes(0, 100);
  const auto f = check(rows, {entry(CoverageState::Present, 0, 50), entry(CoverageState::NoTrades, 50, 60),
                              entry(CoverageState::Present, 60, 90, "b")});
  EXPECT_EQ(f.unsaid, (Ranges{{at(50), at(60)}, {at(90), at(100)}}));
  EXPECT_TRUE(f.lost.empty());
}

TEST(RowCheck, CountsRowsThatCannotBe) {
  Rows rows;
  rows.add_minutes(0, 10);
  rows.add(at(10), 2, 1, 1, 2);  // a high below the open
  rows.add(at(11), 2, 3, 3, 3);  // a low above it
  rows.add(at(12) + kSecond);
  const auto f = check(rows, {entry(CoverageState::Present, 0, 12)});
  EXPECT_EQ(f.impossible, 2u);
  EXPECT_EQ(f.off_grid, 1u);
  EXPECT_FALSE(f.none());
}
