// How commits get in: both ways into the table, writers that are in each other's way, refusals of the server's.
#include "test_store.hpp"

#include <thread>

namespace tapedeck::postgres {
namespace {

using conformance::BatchCommit;
using conformance::Commit;
using conformance::Committed;
using conformance::FakeHost;
using conformance::kMinute;
using conformance::make_candles;
using testing::AllOf;
using testing::ElementsAreArray;
using testing::HasSubstr;

constexpr std::int64_t kMay = 1'714'521'600'000'000'000;  // 2024-05-01

class Write : public testing::Test {
 protected:
  Commit page(std::int64_t first, std::size_t rows, std::int64_t salt = 0) const {
    Commit c;
    c.candles = make_candles(first, rows, salt);
    c.coverage = {conformance::covered(first, first + static_cast<std::int64_t>(rows) * kMinute)};
    return c;
  }
  // How many rows of `candle` each statement may refuse, with which SQLSTATE: the next `times` of them.
  void refuse(const std::string &sqlstate, int times) {
    client().execute("CREATE SEQUENCE IF NOT EXISTS refusals; ALTER SEQUENCE refusals RESTART;"
                     "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                     " IF nextval('refusals') <= " + std::to_string(times) +
                     " THEN RAISE EXCEPTION 'refused by the test' USING ERRCODE = '" + sqlstate +
                     "'; END IF; RETURN NULL; END $$;"
                     "CREATE OR REPLACE TRIGGER refuse AFTER INSERT ON candle FOR EACH STATEMENT EXECUTE FUNCTION refuse()");
  }
  servers::PostgresClient client() const { return schema_.client(); }
  std::string partitions() const {
    return client().text("SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_inherits JOIN pg_class ON oid = inhrelid"
                         " WHERE inhparent = 'candle'::regclass AND relname ~ '[0-9]'");
  }

  TestSchema schema_;
  FakeHost host_;
  conformance::StorageClient store_ = open_plugin(schema_.options(), host_);
};

TEST_F(Write, BothWaysLeadToTheSameRows) {
  const Commit large = page(kMay, 1000);
  ASSERT_EQ(store_.commit(large).inserted, 1000u);
  for (int i = 0; i < 1000; i += 100) {
    Commit small = page(kMay + i * kMinute, 100, i * 7);  // as make_candles() goes on
    small.series.symbol = "ETH/USDT";
    ASSERT_EQ(store_.commit(small).inserted, 100u);
  }
  EXPECT_EQ(store_.query({.series = {"ETH/USDT"}}).candles(), large.candles);
  EXPECT_EQ(store_.query({}).candles(), large.candles);
  EXPECT_EQ(disagreement(client()), "");
}

TEST_F(Write, ALargePageOverWhatIsStoredIsJudgedRowByRow) {
  ASSERT_TRUE(store_.commit(page(kMay, 500)).ok());
  const Committed done = store_.commit(page(kMay + 250 * kMinute, 500, 250 * 7));
  EXPECT_EQ(done.unchanged, 250u);
  EXPECT_EQ(done.inserted, 250u);
  const Committed replaced = store_.commit(page(kMay, 750, 1));
  EXPECT_EQ(replaced.updated, 750u);
  EXPECT_EQ(store_.revisions({}).items.size(), 750u);
  EXPECT_EQ(disagreement(client()), "");
}

TEST_F(Write, OneSeriesTwiceInABatchKeepsItsOrder) {
  BatchCommit b;
  b.commits = {page(kMay, 300), page(kMay, 300, 1), page(kMay, 300, 2)};
  const Committed done = store_.commit_batch(b);
  EXPECT_EQ(done.inserted, 300u);
  EXPECT_EQ(done.updated, 600u);
  EXPECT_EQ(store_.query({}).candles(), b.commits[2].candles);
  EXPECT_EQ(disagreement(client()), "");
}

// New ranges by one COPY, the others by one judgement, and before the page that shares rows with some of them.
TEST_F(Write, PagesOfASeriesThatShareNoRowGoTogether) {
  ASSERT_TRUE(store_.commit(page(kMay, 300)).ok());
  BatchCommit b;
  b.commits = {page(kMay + 300 * kMinute, 300, 300 * 7), page(kMay, 300), page(kMay, 250),
               page(kMay + 600 * kMinute, 300, 600 * 7), page(kMay + 450 * kMinute, 300, 1)};
  b.commits[2].series.symbol = "ETH/USDT";
  const Committed done = store_.commit_batch(b);
  EXPECT_EQ(done.inserted, 300u + 250u + 300u) << done;
  EXPECT_EQ(done.unchanged, 300u);
  EXPECT_EQ(done.updated, 300u);
  std::vector<conformance::Candle> expected = make_candles(kMay, 900, 0);
  std::copy(b.commits[4].candles.begin(), b.commits[4].candles.end(), expected.begin() + 450);
  EXPECT_EQ(store_.query({}).candles(), expected);
  EXPECT_EQ(store_.query({.series = {"ETH/USDT"}}).candles(), b.commits[2].candles);
  EXPECT_EQ(disagreement(client()), "");
}

TEST_F(Write, MonthsHavePartitionsThatAreMadeWhenNeededAndAhead) {
  EXPECT_EQ(partitions(), "NULL");
  ASSERT_TRUE(store_.commit(page(kMay - kMinute, 2)).ok());
  // The host's clock says November 2023.
  EXPECT_EQ(partitions(), "candle_202311 candle_202312 candle_202401 candle_202402 candle_202404 candle_202405");
  EXPECT_EQ(client().number("SELECT count(*) FROM candle_202404"), 1);
  EXPECT_EQ(client().number("SELECT count(*) FROM candle_202405"), 1);
  EXPECT_EQ(store_.query({}).candles().size(), 2u);
}

TEST_F(Write, APartitionThatSomebodyDroppedIsMadeAgain) {
  ASSERT_TRUE(store_.commit(page(kMay, 2)).ok());
  client().execute("DROP TABLE candle_202405");
  EXPECT_TRUE(store_.commit(page(kMay + 10 * kMinute, 2)).ok());
}

TEST_F(Write, AReadThatLastsDoesNotKeepAMonthFromBeingMade) {
  ASSERT_TRUE(store_.commit(page(kMay, 10)).ok());
  const auto reader = open_plugin(with(schema_.options(), {{"read_only", "true"}}), host_);
  conformance::Query q{.batch_hint = 1};
  std::int64_t n = 0;
  q.on_batch = [&](const auto &) { return store_.commit(page(kMay + ++n * 62 * 1440 * kMinute, 1)).status; };
  const auto answer = reader.query(q);
  EXPECT_TRUE(answer.ok()) << answer;
  EXPECT_EQ(store_.query({}).candles().size(), 20u);
}

// Four writers, the same series and ticks in different orders.
TEST_F(Write, SeveralWritersStoreTheSameTogether) {
  const auto commit_all = [&](int writer) {
    const auto store = open_plugin(schema_.options(), host_);
    for (int round = 0; round < 10; ++round) {
      BatchCommit b;
      for (int s = 0; s < 6; ++s) {
        b.commits.push_back(page(kMay + round * 300 * kMinute, 300, round));
        b.commits.back().series.symbol = conformance::numbered("S", (s * (writer + 1) + writer) % 7);
      }
      for (std::int64_t i = 0; i < 50; ++i) {
        const std::int64_t sequence = round * 50 + (writer % 2 != 0 ? i : 49 - i);
        b.ticks.push_back({.symbol = conformance::numbered("S", sequence % 3), .time = sequence, .sequence = sequence});
      }
      const Committed done = store.commit_batch(b);
      EXPECT_TRUE(done.ok()) << done;
    }
  };
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) writers.emplace_back(commit_all, w);
  for (auto &w : writers) w.join();
  EXPECT_EQ(disagreement(client()), "");
  for (const auto &s : store_.list_series().items) {
    EXPECT_EQ(s.rows, 3000u) << s.series.symbol;
    EXPECT_EQ(s.revisions, 0u);
    EXPECT_EQ(store_.coverage(s.series).items.size(), 1u);
  }
  EXPECT_EQ(client().number("SELECT count(*) FROM tick"), 500);
}

TEST_F(Write, DeadlocksAndSerializationFailuresAreTriedAgain) {
  for (const std::string sqlstate : {"40P01", "40001"}) {
    refuse(sqlstate, 3);
    Commit c = page(kMay, 300);
    c.series.symbol = sqlstate;
    const Committed done = store_.commit(c);
    EXPECT_TRUE(done.ok()) << done;
    EXPECT_EQ(done.inserted, 300u);
    EXPECT_EQ(client().number("SELECT last_value FROM refusals"), 4) << "three refused, the fourth not";
  }
  EXPECT_EQ(disagreement(client()), "");
}

TEST_F(Write, ARealDeadlockIsTriedAgain) {
  BatchCommit b;
  b.commits = {page(kMay, 300), page(kMay, 300)};
  b.commits[1].series.symbol = "ETH/USDT";
  ASSERT_TRUE(store_.commit_batch(b).ok());
  // A stranger takes the second series first and wants the first one as soon as we have it.
  const auto stranger = client();
  stranger.execute("SET deadlock_timeout = '10s'; BEGIN; SELECT 1 FROM series WHERE symbol = 'ETH/USDT' FOR UPDATE");
  std::thread other([&] {
    while (client().number("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0) std::this_thread::yield();
    // Should it be the one that the server refuses, that ends the circle too.
    stranger.refusal("SELECT 1 FROM series WHERE symbol = 'BTC/USDT' FOR UPDATE; COMMIT");
    stranger.refusal("ROLLBACK");
  });
  for (Commit &c : b.commits) c.candles = make_candles(kMay, 300, 1);
  const Committed done = store_.commit_batch(b);
  other.join();
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_EQ(done.updated, 600u);
}

TEST_F(Write, WhatTheServerRefusesStoresNothingAndSaysWhatToDo) {
  struct Row {
    const char *sqlstate;
    tdk_status status;
    const char *advice;
  };
  for (const Row &row : {Row{"53100", TDK_IO, "nothing of this call is stored; free some space on the server's disk"},
                         Row{"25006", TDK_PERMISSION_DENIED, "a standby"},
                         Row{"55P03", TDK_BUSY, "raise lock_timeout"},
                         Row{"57014", TDK_TIMEOUT, "statement_timeout"},
                         Row{"XX001", TDK_IO, "restore a backup"}}) {
    refuse(row.sqlstate, 1);
    BatchCommit b;
    b.commits = {page(kMay, 10), page(kMay, 300)};
    b.commits[1].series.symbol = "ETH/USDT";
    b.ticks = {conformance::Tick{}};
    const Committed done = store_.commit_batch(b);
    EXPECT_EQ(done.status, row.status) << row.sqlstate;
    EXPECT_THAT(done.message, AllOf(HasSubstr("storing candles and ticks in Store"), HasSubstr("refused by the test"), HasSubstr(row.advice)));
    EXPECT_EQ(store_.query({}).status, TDK_NOT_FOUND) << row.sqlstate;
    EXPECT_EQ(store_.query_ticks({}).status, TDK_NOT_FOUND) << row.sqlstate;
  }
  EXPECT_TRUE(store_.commit(page(kMay, 300)).ok()) << "the instance remains usable";
}

TEST_F(Write, GivesUpOnWhatIsNeverFree) {
  refuse("40001", 1000);
  const Committed done = store_.commit(page(kMay, 300));
  EXPECT_EQ(done.status, TDK_BUSY);
  EXPECT_EQ(client().number("SELECT last_value FROM refusals"), 10) << "attempts";
}

TEST_F(Write, ALockThatLastsIsBusy) {
  ASSERT_TRUE(store_.commit(page(kMay, 2)).ok());
  const auto impatient = open_plugin(with(schema_.options(), {{"lock_timeout", "50ms"}}), host_);
  const auto stranger = client();
  stranger.execute("BEGIN; SELECT 1 FROM series FOR UPDATE");
  const Committed done = impatient.commit(page(kMay, 2, 1));
  EXPECT_EQ(done.status, TDK_BUSY);
  EXPECT_THAT(done.message, HasSubstr("lock_timeout"));
  stranger.execute("ROLLBACK");
  EXPECT_EQ(impatient.commit(page(kMay, 2, 1)).updated, 2u);
}

// Nobody holds a row here, but the whole table.
TEST_F(Write, AStatementThatTakesTooLongIsEnded) {
  ASSERT_TRUE(store_.commit(page(kMay, 2)).ok());
  const auto impatient = open_plugin(with(schema_.options(), {{"statement_timeout", "100ms"}}), host_);
  const auto stranger = client();
  stranger.execute("BEGIN; LOCK TABLE series IN ACCESS EXCLUSIVE MODE");
  const Committed done = impatient.commit(page(kMay, 2, 1));
  EXPECT_EQ(done.status, TDK_TIMEOUT);
  EXPECT_THAT(done.message, HasSubstr("statement_timeout"));
  stranger.execute("ROLLBACK");
  EXPECT_EQ(impatient.commit(page(kMay, 2, 1)).updated, 2u);
}

TEST_F(Write, AReadThatWaitsCanBeCalledOff) {
  ASSERT_TRUE(store_.commit(page(kMay, 2)).ok());
  const auto patient = open_plugin(with(schema_.options(), {{"lock_timeout", "10m"}, {"statement_timeout", "10m"}}), host_);
  const auto stranger = client();
  stranger.execute("BEGIN; LOCK TABLE candle IN ACCESS EXCLUSIVE MODE");
  const conformance::CancelAfter cancel(5);
  EXPECT_EQ(patient.query({.cancel = cancel.raw()}).status, TDK_CANCELLED);
  stranger.execute("ROLLBACK");
  EXPECT_EQ(patient.query({}).candles().size(), 2u);
}

TEST_F(Write, WhatTextCannotHoldIsReplacedInAReasonAndRefusedInAName) {
  using namespace std::string_literals;
  Commit c = page(kMay, 1);
  c.coverage[0].reason = "said \0\xff"s;
  ASSERT_TRUE(store_.commit(c).ok());
  EXPECT_EQ(store_.coverage({}).items.at(0).reason, "said ??");
  std::string endless;  // and not to be compressed
  for (unsigned n = 1; endless.size() < 5000; n = n * 48'271u % 2'147'483'647u) endless += std::to_string(n);
  for (const std::string &name : {"a\0b"s, "\xff"s, endless}) {
    c.series.symbol = name;
    EXPECT_EQ(store_.commit(c).status, TDK_INVALID_ARGUMENT) << name.size();
  }
  EXPECT_EQ(store_.list_series().items.size(), 1u);
}

TEST_F(Write, RecordsItsMetricsWithTheHost) {
  ASSERT_TRUE(store_.commit(page(kMay, 20)).ok());
  EXPECT_EQ(host_.metric("tapedeck_postgres_rows_total"), 20);
  EXPECT_GT(host_.metric("tapedeck_postgres_commit_seconds"), 0);
  EXPECT_EQ(host_.metric("tapedeck_postgres_connections_total"), 1);
}

}  // namespace
}  // namespace tapedeck::postgres
